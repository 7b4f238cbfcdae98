// Float vectors of sixteen lanes on AVX-512 (F, BW, VL, DQ); portable/portable_ops.h says what each
// operation means.
#ifndef BAMBOO_KERNELS_AVX512VNNI_AVX512_OPS_H_
#define BAMBOO_KERNELS_AVX512VNNI_AVX512_OPS_H_

#include <immintrin.h>

#include <cstdint>

#include "kernels/generic/inlining.h"

namespace bamboo {
namespace {

struct Avx512Ops {
  using F = __m512;
  static constexpr int kLanes = 16;

  static BAMBOO_INLINE F zero() { return _mm512_setzero_ps(); }
  static BAMBOO_INLINE F set1(float x) { return _mm512_set1_ps(x); }

  // Bits [0, n).
  static BAMBOO_INLINE __mmask16 lane_mask(int64_t n) {
    const int64_t bounded = n < 0 ? 0 : n > kLanes ? int64_t{kLanes} : n;
    return static_cast<__mmask16>((1u << bounded) - 1);
  }
  static BAMBOO_INLINE F load(const void* p) { return _mm512_loadu_ps(p); }
  static BAMBOO_INLINE F load_n(const float* p, int64_t n) {
    return _mm512_maskz_loadu_ps(lane_mask(n), p);
  }
  static BAMBOO_INLINE void store(float* p, F x) { _mm512_storeu_ps(p, x); }
  static BAMBOO_INLINE void store_n(float* p, F x, int64_t n) {
    _mm512_mask_storeu_ps(p, lane_mask(n), x);
  }
  static BAMBOO_INLINE F load_f16(const void* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(static_cast<const __m256i*>(p)));
  }
  static BAMBOO_INLINE F load_i8(const int8_t* p) {
    return _mm512_cvtepi32_ps(
        _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
  }
  static BAMBOO_INLINE F load_bf16(const void* p) {
    const __m256i bits = _mm256_loadu_si256(static_cast<const __m256i*>(p));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
  }
  static BAMBOO_INLINE void store_f16(uint16_t* p, F x) {
    const __m256i halves = _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), halves);
  }

  static BAMBOO_INLINE F add(F a, F b) { return _mm512_add_ps(a, b); }
  static BAMBOO_INLINE F sub(F a, F b) { return _mm512_sub_ps(a, b); }
  static BAMBOO_INLINE F mul(F a, F b) { return _mm512_mul_ps(a, b); }
  static BAMBOO_INLINE F div(F a, F b) { return _mm512_div_ps(a, b); }
  static BAMBOO_INLINE F fma(F a, F b, F c) { return _mm512_fmadd_ps(a, b, c); }
  static BAMBOO_INLINE F max(F a, F b) { return _mm512_max_ps(a, b); }
  static BAMBOO_INLINE F min(F a, F b) { return _mm512_min_ps(a, b); }
  static BAMBOO_INLINE F select_less(F a, F b, F x, F y) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), y, x);
  }
  static BAMBOO_INLINE F select_nan(F a, F x, F y) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), y, x);
  }
  static BAMBOO_INLINE uint32_t nonzero_bits(F x) {
    return _mm512_cmp_ps_mask(x, zero(), _CMP_NEQ_UQ);
  }
  static BAMBOO_INLINE F first_lanes(F x, int64_t n, F other) {
    return _mm512_mask_blend_ps(lane_mask(n), other, x);
  }

  static BAMBOO_INLINE F round(F x) {
    return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  static BAMBOO_INLINE F pow2(F n) {
    const __m512i biased = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
    return _mm512_castsi512_ps(_mm512_slli_epi32(biased, 23));
  }

  // Lanes i and i + 8, then i and i + 4, i and i + 2, i and i + 1.
  static BAMBOO_INLINE float reduce_add(F x) {
    const __m256 upper = _mm512_extractf32x8_ps(x, 1);
    const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(x), upper);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
  static BAMBOO_INLINE float reduce_max(F x) {
    const __m256 upper = _mm512_extractf32x8_ps(x, 1);
    const __m256 eight = _mm256_max_ps(_mm512_castps512_ps256(x), upper);
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
  }

  // Four vectors to one whose 128-bit chunk i holds x_i's lanes summed down to four, in
  // reduce_add's order.
  static BAMBOO_INLINE F fold_to_chunks(F a, F b, F c, F d) {
    const F ab = _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee));
    const F cd = _mm512_add_ps(_mm512_shuffle_f32x4(c, d, 0x44), _mm512_shuffle_f32x4(c, d, 0xee));
    return _mm512_add_ps(_mm512_shuffle_f32x4(ab, cd, 0x88), _mm512_shuffle_f32x4(ab, cd, 0xdd));
  }
  // Four such vectors to one: lane j of chunk i is the sum of chunk i of x_j.
  static BAMBOO_INLINE F fold_chunks(F a, F b, F c, F d) {
    const F ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    const F cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
    return _mm512_add_ps(_mm512_shuffle_ps(ab, cd, 0x44), _mm512_shuffle_ps(ab, cd, 0xee));
  }
};

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_AVX512VNNI_AVX512_OPS_H_
