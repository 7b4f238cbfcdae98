// Quantized rows on AVX-512 VNNI: a step is two blocks of 32, A and B, widened to int16 for
// vpdpwssd.
//
// The first register of a step holds elements 0..15 of A and of B, the second 16..31 of both. So
// after one vpmaddwd and one vpdpwssd, lanes 0..7 hold A's sums and lanes 8..15 B's: one conversion
// and one fma serve 64 products, 4 vector instructions in all. Two int8 planes with vpdpbusd would
// need 5 and a correction for the unsigned operand. Everything is exact: a lane sums 4 products, at
// most 4 * 4096 * 16256 < 2^31 (Q6_K with its sub-block scale).
#ifndef BAMBOO_KERNELS_AVX512VNNI_AVX512VNNI_FORMATS_H_
#define BAMBOO_KERNELS_AVX512VNNI_AVX512VNNI_FORMATS_H_

#include "kernels/avx512vnni/avx512_ops.h"
#include "kernels/generic/activation_packing.h"
#include "kernels/generic/float_format.h"

namespace bamboo {
namespace {

struct Avx512QuantStep : generic::PackedActivations<Avx512Ops, int16_t> {
  using F = __m512;
  struct Vector {
    __m512i low;   // elements 0..15 of A, of B
    __m512i high;  // elements 16..31 of A, of B
  };
  struct Weights {
    __m512i low;
    __m512i high;
    __m512 scale;  // A's in lanes 0..7, B's in lanes 8..15
  };
  static constexpr int64_t kStep = 64;
  static constexpr int64_t kStepActivations = 64;

  static BAMBOO_INLINE __m256i quantize16(const float* x, __m512 inverse) {
    return _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x), inverse)));
  }
  static BAMBOO_INLINE void quantize(const float* x, float inverse, int16_t* out) {
    const __m512 factor = _mm512_set1_ps(inverse);
    auto* p = reinterpret_cast<__m256i*>(out);
    _mm256_store_si256(p, quantize16(x, factor));
    _mm256_store_si256(p + 1, quantize16(x + 32, factor));
    _mm256_store_si256(p + 2, quantize16(x + 16, factor));
    _mm256_store_si256(p + 3, quantize16(x + 48, factor));
  }
  static BAMBOO_INLINE Vector load(const int16_t* x) {
    return {_mm512_load_si512(x), _mm512_load_si512(x + 32)};
  }
  static BAMBOO_INLINE Vector load_tail(const int16_t* x, int64_t) { return load(x); }
  static BAMBOO_INLINE F accumulate(const Weights& w, const Vector& x, F sum) {
    const __m512i lanes = _mm512_dpwssd_epi32(_mm512_madd_epi16(w.low, x.low), w.high, x.high);
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps(lanes), w.scale, sum);
  }
};

// decode() takes both blocks of a step; decode_tail() only A, with B as zeros, where a row has an
// odd block at its end.
template <DType kType>
struct Avx512QuantFormat {
  using Step = Avx512QuantStep;
  using Weights = Step::Weights;
  static constexpr DType kDType = kType;
  static constexpr int64_t kBlockBytes = traits(kType).block_bytes;

  static BAMBOO_INLINE __m128i load16(const uint8_t* p) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  }
  static BAMBOO_INLINE __m256i load_pair(const uint8_t* a, const uint8_t* b) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load16(a)), load16(b), 1);
  }
  static BAMBOO_INLINE int16_t half_bits(const uint8_t* p) {
    return static_cast<int16_t>(generic::load_unaligned<Avx512Ops, uint16_t>(p));
  }
  static BAMBOO_INLINE __m512 half_pair(const uint8_t* a, const uint8_t* b) {
    const __m256i both =
        _mm256_mask_set1_epi16(_mm256_set1_epi16(half_bits(a)), 0xff00, half_bits(b));
    return _mm512_cvtph_ps(both);
  }
  static BAMBOO_INLINE uint32_t bits32(const uint8_t* p) {
    return generic::load_unaligned<Avx512Ops, uint32_t>(p);
  }

  static BAMBOO_INLINE Weights decode(const uint8_t* row, int64_t step) {
    if constexpr (kType == DType::kQ6_K) {
      return decode_q6(row + step / 4 * kBlockBytes, static_cast<int>(step % 4));
    } else {
      const uint8_t* a = row + 2 * step * kBlockBytes;
      const uint8_t* b = a + kBlockBytes;
      if constexpr (kType == DType::kQ8_0) {
        const uint8_t* qa = a + generic::kQ8Quants;
        const uint8_t* qb = b + generic::kQ8Quants;
        return {_mm512_cvtepi8_epi16(load_pair(qa, qb)),
                _mm512_cvtepi8_epi16(load_pair(qa + 16, qb + 16)), half_pair(a, b)};
      } else if constexpr (kType == DType::kQ4_0) {
        return q4(load_pair(a + generic::kQ4Nibbles, b + generic::kQ4Nibbles), half_pair(a, b));
      } else {
        const __m256i nibbles = load_pair(a + generic::kQ5Nibbles, b + generic::kQ5Nibbles);
        return q5(nibbles, bits32(a + generic::kQ5High), bits32(b + generic::kQ5High),
                  half_pair(a, b));
      }
    }
  }
  static BAMBOO_INLINE Weights decode_tail(const uint8_t* row, int64_t step, int64_t) {
    if constexpr (kType == DType::kQ6_K) {
      return decode(row, step);  // never odd
    } else {
      return decode_single(row + 2 * step * kBlockBytes);
    }
  }
  static BAMBOO_INLINE Weights decode_single(const uint8_t* a) {
    const __m512 scale =
        _mm512_maskz_mov_ps(0x00ff, _mm512_cvtph_ps(_mm256_set1_epi16(half_bits(a))));
    if constexpr (kType == DType::kQ8_0) {
      const uint8_t* q = a + generic::kQ8Quants;
      return {_mm512_cvtepi8_epi16(_mm256_zextsi128_si256(load16(q))),
              _mm512_cvtepi8_epi16(_mm256_zextsi128_si256(load16(q + 16))), scale};
    } else if constexpr (kType == DType::kQ4_0) {
      return q4(_mm256_zextsi128_si256(load16(a + generic::kQ4Nibbles)), scale);
    } else {
      return q5(_mm256_zextsi128_si256(load16(a + generic::kQ5Nibbles)),
                bits32(a + generic::kQ5High), 0, scale);
    }
  }

  static BAMBOO_INLINE Weights q4(__m256i nibbles, __m512 scale) {
    const __m512i pairs = _mm512_cvtepu8_epi16(nibbles);
    const __m512i offset = _mm512_set1_epi16(8);
    return {_mm512_sub_epi16(_mm512_and_si512(pairs, _mm512_set1_epi16(15)), offset),
            _mm512_sub_epi16(_mm512_srli_epi16(pairs, 4), offset), scale};
  }
  // a, b: the fifth bits of A's and B's elements 0..31.
  static BAMBOO_INLINE Weights q5(__m256i nibbles, uint32_t a, uint32_t b, __m512 scale) {
    const __m512i pairs = _mm512_cvtepu8_epi16(nibbles);
    const __m512i offset = _mm512_set1_epi16(16);
    const __m512i low = _mm512_and_si512(pairs, _mm512_set1_epi16(15));
    const __m512i high = _mm512_srli_epi16(pairs, 4);
    const __mmask32 low_clear = ~((a & 0xffffu) | b << 16);
    const __mmask32 high_clear = ~(a >> 16 | (b & 0xffff0000u));
    return {_mm512_mask_sub_epi16(low, low_clear, low, offset),
            _mm512_mask_sub_epi16(high, high_clear, high, offset), scale};
  }
  // One register of a Q6_K step: 16 quants of A from `low`, of B from low + 32; their high bits
  // share `high`. Even steps hold the low nibbles and the lower two pairs of high bits, odd ones
  // the others.
  template <bool kIsOdd>
  static BAMBOO_INLINE __m512i q6_part(const uint8_t* low, const uint8_t* high, __m512i scales) {
    const __m512i bytes = _mm512_cvtepu8_epi16(load_pair(low, low + 32));
    const __m512i high_bytes = _mm512_cvtepu8_epi16(_mm256_broadcastsi128_si256(load16(high)));
    const __m512i to_a =
        _mm512_set1_epi16(kIsOdd ? 0 : 4);  // shifts that bring the pair to bits 4 and 5
    const __m512i to_b = _mm512_set1_epi16(2);
    const __m512i shifts = _mm512_mask_blend_epi16(0xffff0000u, to_a, to_b);
    const __m512i high_bits =
        kIsOdd ? _mm512_srlv_epi16(high_bytes, shifts) : _mm512_sllv_epi16(high_bytes, shifts);
    const __m512i nibbles = kIsOdd ? _mm512_srli_epi16(bytes, 4) : bytes;
    // Bits 0..3 from the nibbles, bits 4 and 5 from the others: (15 ? nibbles : high_bits) & 63.
    const __m512i both = _mm512_ternarylogic_epi32(_mm512_set1_epi16(15), nibbles, high_bits, 0xca);
    const __m512i quants =
        _mm512_sub_epi16(_mm512_and_si512(both, _mm512_set1_epi16(63)), _mm512_set1_epi16(32));
    return _mm512_mullo_epi16(quants, scales);
  }
  // Of four int8 scales: the first (A's) in lanes 0..15 and the third (B's) in lanes 16..31, both
  // `skip` further on.
  static BAMBOO_INLINE __m512i q6_scales(const uint8_t* scales, int skip) {
    const auto four = static_cast<int32_t>(bits32(scales));
    const __m512i to_top = _mm512_mask_blend_epi16(
        0xffff0000u, _mm512_set1_epi16(static_cast<int16_t>(skip << 8 | 0x80)),
        _mm512_set1_epi16(static_cast<int16_t>((skip + 2) << 8 | 0x80)));
    return _mm512_srai_epi16(_mm512_shuffle_epi8(_mm512_set1_epi32(four), to_top), 8);
  }
  template <bool kIsOdd>
  static BAMBOO_INLINE Weights q6_step(const uint8_t* low, const uint8_t* high,
                                       const uint8_t* scales, __m512 scale) {
    return {q6_part<kIsOdd>(low, high, q6_scales(scales, 0)),
            q6_part<kIsOdd>(low + 16, high + 16, q6_scales(scales, 1)), scale};
  }
  // Step `step` (0..3) of a block: chunks 2 * step and 2 * step + 1 of 32 elements.
  static BAMBOO_INLINE Weights decode_q6(const uint8_t* block, int step) {
    const uint8_t* low = block + generic::kQ6Low + 64 * (step / 2);
    const uint8_t* high = block + generic::kQ6High + 32 * (step / 2);
    const uint8_t* scales = block + generic::kQ6Scales + 4 * step;
    const __m512 scale = _mm512_cvtph_ps(_mm256_set1_epi16(half_bits(block + generic::kQ6Scale)));
    return step % 2 == 0 ? q6_step<false>(low, high, scales, scale)
                         : q6_step<true>(low, high, scales, scale);
  }

  static BAMBOO_INLINE __m512 floats(__m256i quants, __m512 scale) {
    return _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(quants)), scale);
  }
  static BAMBOO_INLINE __m512 floats8(const uint8_t* quants, __m512 scale) {
    return _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(load16(quants))), scale);
  }
  // One block's elements as floats: out[0] 0..15, out[1] 16..31.
  static BAMBOO_INLINE void dequantize(const uint8_t* row, int64_t first, int64_t, __m512* out) {
    const int64_t block = first / generic::kBlock;
    if constexpr (kType == DType::kQ6_K) {
      dequantize_q6(row + block / 8 * kBlockBytes, static_cast<int>(block % 8), out);
    } else {
      const uint8_t* p = row + block * kBlockBytes;
      const __m512 scale = _mm512_cvtph_ps(_mm256_set1_epi16(half_bits(p)));
      if constexpr (kType == DType::kQ8_0) {
        out[0] = floats8(p + generic::kQ8Quants, scale);
        out[1] = floats8(p + generic::kQ8Quants + 16, scale);
      } else if constexpr (kType == DType::kQ4_0) {
        // The 16 values a nibble can have; vpermps looks at the low 4 bits of each index only.
        const __m512 table = _mm512_mul_ps(
            _mm512_setr_ps(-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7), scale);
        const __m512i pairs = _mm512_cvtepu8_epi32(load16(p + generic::kQ4Nibbles));
        out[0] = _mm512_permutexvar_ps(pairs, table);
        out[1] = _mm512_permutexvar_ps(_mm512_srli_epi32(pairs, 4), table);
      } else {
        const Weights w = decode_single(p);
        out[0] = floats(_mm512_castsi512_si256(w.low), scale);
        out[1] = floats(_mm512_castsi512_si256(w.high), scale);
      }
    }
  }
  static BAMBOO_INLINE void dequantize_q6(const uint8_t* block, int chunk, __m512* out) {
    const Weights w = decode_q6(block, chunk / 2);
    const bool is_b = chunk % 2 != 0;
    const __m256i low = is_b ? _mm512_extracti64x4_epi64(w.low, 1) : _mm512_castsi512_si256(w.low);
    const __m256i high =
        is_b ? _mm512_extracti64x4_epi64(w.high, 1) : _mm512_castsi512_si256(w.high);
    out[0] = floats(low, w.scale);
    out[1] = floats(high, w.scale);
  }
};

template <DType kType, bool kIsQuantized>
struct Avx512Format : generic::FloatFormat<Avx512Ops, kType> {};
template <DType kType>
struct Avx512Format<kType, true> : Avx512QuantFormat<kType> {};

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_AVX512VNNI_AVX512VNNI_FORMATS_H_
