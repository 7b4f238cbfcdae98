// Quantized rows on AVX2: a step is one block of 32, widened to int16 for vpmaddwd.
//
// int16 weights times the 15-bit activations themselves take half the instructions that two int8
// planes would, and the products are just as exact: a lane sums 4 of them, at most 4 * 4096 * 16256
// < 2^31 (Q6_K with its sub-block scale).
#ifndef BAMBOO_KERNELS_AVX2_AVX2_FORMATS_H_
#define BAMBOO_KERNELS_AVX2_AVX2_FORMATS_H_

#include "kernels/avx2/avx2_ops.h"
#include "kernels/generic/activation_packing.h"
#include "kernels/generic/float_format.h"

namespace bamboo {
namespace {

struct Avx2QuantStep : generic::PackedActivations<Avx2Ops, int16_t> {
  using F = __m256;
  struct Vector {
    __m256i low;   // elements 0..15
    __m256i high;  // elements 16..31
  };
  struct Weights {
    __m256i low;
    __m256i high;
    __m256 scale;
  };
  static constexpr int64_t kStep = 32;
  static constexpr int64_t kStepActivations = 32;

  static BAMBOO_INLINE __m256i quantize16(const float* x, __m256 inverse) {
    const __m256i a = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x), inverse));
    const __m256i b = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + 8), inverse));
    return _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
  }
  static BAMBOO_INLINE void quantize(const float* x, float inverse, int16_t* out) {
    const __m256 factor = _mm256_set1_ps(inverse);
    _mm256_store_si256(reinterpret_cast<__m256i*>(out), quantize16(x, factor));
    _mm256_store_si256(reinterpret_cast<__m256i*>(out + 16), quantize16(x + 16, factor));
  }
  static BAMBOO_INLINE Vector load(const int16_t* x) {
    const auto* p = reinterpret_cast<const __m256i*>(x);
    return {_mm256_load_si256(p), _mm256_load_si256(p + 1)};
  }
  static BAMBOO_INLINE Vector load_tail(const int16_t* x, int64_t) { return load(x); }
  static BAMBOO_INLINE F accumulate(const Weights& w, const Vector& x, F sum) {
    const __m256i lanes =
        _mm256_add_epi32(_mm256_madd_epi16(w.low, x.low), _mm256_madd_epi16(w.high, x.high));
    return _mm256_fmadd_ps(_mm256_cvtepi32_ps(lanes), w.scale, sum);
  }
};

template <DType kType>
struct Avx2QuantFormat {
  using Step = Avx2QuantStep;
  using Weights = Step::Weights;
  static constexpr DType kDType = kType;

  static BAMBOO_INLINE __m128i load16(const uint8_t* p) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  }
  static BAMBOO_INLINE __m256 half(const uint8_t* p) {
    const auto bits = static_cast<int16_t>(generic::load_unaligned<Avx2Ops, uint16_t>(p));
    return _mm256_cvtph_ps(_mm_set1_epi16(bits));
  }
  static BAMBOO_INLINE Weights decode(const uint8_t* row, int64_t step) {
    if constexpr (kType == DType::kQ6_K) {
      return decode_q6(row + step / 8 * traits(kType).block_bytes, static_cast<int>(step % 8));
    } else {
      const uint8_t* p = row + step * traits(kType).block_bytes;
      if constexpr (kType == DType::kQ8_0) {
        return {_mm256_cvtepi8_epi16(load16(p + generic::kQ8Quants)),
                _mm256_cvtepi8_epi16(load16(p + generic::kQ8Quants + 16)), half(p)};
      } else if constexpr (kType == DType::kQ4_0) {
        const __m256i pairs = _mm256_cvtepu8_epi16(load16(p + generic::kQ4Nibbles));
        const __m256i low = _mm256_and_si256(pairs, _mm256_set1_epi16(15));
        const __m256i high = _mm256_srli_epi16(pairs, 4);
        const __m256i offset = _mm256_set1_epi16(8);
        return {_mm256_sub_epi16(low, offset), _mm256_sub_epi16(high, offset), half(p)};
      } else {
        return decode_q5(p);
      }
    }
  }
  // 0 where bit (i mod 16) of `bits` is set, -16 elsewhere, for the 16 lanes i.
  static BAMBOO_INLINE __m256i minus16_unless(uint32_t bits) {
    const __m256i select = _mm256_setr_epi16(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048,
                                             4096, 8192, 16384, -32768);
    const __m256i all = _mm256_set1_epi16(static_cast<int16_t>(bits));
    const __m256i is_clear =
        _mm256_cmpeq_epi16(_mm256_and_si256(all, select), _mm256_setzero_si256());
    return _mm256_and_si256(is_clear, _mm256_set1_epi16(-16));
  }
  static BAMBOO_INLINE Weights decode_q5(const uint8_t* p) {
    const auto bits = generic::load_unaligned<Avx2Ops, uint32_t>(p + generic::kQ5High);
    const __m256i pairs = _mm256_cvtepu8_epi16(load16(p + generic::kQ5Nibbles));
    const __m256i low = _mm256_and_si256(pairs, _mm256_set1_epi16(15));
    const __m256i high = _mm256_srli_epi16(pairs, 4);
    return {_mm256_add_epi16(low, minus16_unless(bits & 0xffff)),
            _mm256_add_epi16(high, minus16_unless(bits >> 16)), half(p)};
  }
  // 16 quants of part kPart (0..3), times the sub-block scale. Parts 0 and 1 hold their low bits in
  // the low nibbles, 2 and 3 in the high ones; part k has its high bits at bit 2 k.
  template <int kPart>
  static BAMBOO_INLINE __m256i q6_quants(const uint8_t* low, const uint8_t* high, uint8_t scale) {
    const __m256i bytes = _mm256_cvtepu8_epi16(load16(low));
    const __m256i nibbles =
        kPart < 2 ? _mm256_and_si256(bytes, _mm256_set1_epi16(15)) : _mm256_srli_epi16(bytes, 4);
    const __m256i high_bytes = _mm256_cvtepu8_epi16(load16(high));
    constexpr int kUp = kPart < 2 ? 4 - 2 * kPart : 0;
    constexpr int kDown = kPart == 3 ? 2 : 0;
    const __m256i moved = _mm256_srli_epi16(_mm256_slli_epi16(high_bytes, kUp), kDown);
    const __m256i both = _mm256_or_si256(nibbles, _mm256_and_si256(moved, _mm256_set1_epi16(0x30)));
    const __m256i quants = _mm256_sub_epi16(both, _mm256_set1_epi16(32));
    return _mm256_mullo_epi16(quants, _mm256_set1_epi16(static_cast<int8_t>(scale)));
  }
  template <int kPart>
  static BAMBOO_INLINE Weights q6_chunk(const uint8_t* low, const uint8_t* high,
                                        const uint8_t* scales, __m256 scale) {
    return {q6_quants<kPart>(low, high, scales[0]),
            q6_quants<kPart>(low + 16, high + 16, scales[1]), scale};
  }
  // Chunk 0..7 of 32 elements of a block.
  static BAMBOO_INLINE Weights decode_q6(const uint8_t* block, int chunk) {
    const int part = chunk % 4;
    const uint8_t* low = block + generic::kQ6Low + 64 * (chunk / 4) + 32 * (part & 1);
    const uint8_t* high = block + generic::kQ6High + 32 * (chunk / 4);
    const uint8_t* scales = block + generic::kQ6Scales + 2 * chunk;
    const __m256 scale = half(block + generic::kQ6Scale);
    switch (part) {
      case 0:
        return q6_chunk<0>(low, high, scales, scale);
      case 1:
        return q6_chunk<1>(low, high, scales, scale);
      case 2:
        return q6_chunk<2>(low, high, scales, scale);
      default:
        return q6_chunk<3>(low, high, scales, scale);
    }
  }
  static BAMBOO_INLINE Weights decode_tail(const uint8_t* row, int64_t step, int64_t) {
    return decode(row, step);
  }

  static BAMBOO_INLINE __m256 floats(__m128i quants, __m256 scale) {
    return _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(quants)), scale);
  }
  static BAMBOO_INLINE void dequantize(const uint8_t* row, int64_t first, int64_t, __m256* out) {
    const Weights w = decode(row, first / generic::kBlock);
    out[0] = floats(_mm256_castsi256_si128(w.low), w.scale);
    out[1] = floats(_mm256_extracti128_si256(w.low, 1), w.scale);
    out[2] = floats(_mm256_castsi256_si128(w.high), w.scale);
    out[3] = floats(_mm256_extracti128_si256(w.high, 1), w.scale);
  }
};

template <DType kType, bool kIsQuantized>
struct Avx2Format : generic::FloatFormat<Avx2Ops, kType> {};
template <DType kType>
struct Avx2Format<kType, true> : Avx2QuantFormat<kType> {};

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_AVX2_AVX2_FORMATS_H_
