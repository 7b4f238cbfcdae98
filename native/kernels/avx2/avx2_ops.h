// Float vectors of eight lanes on AVX2 + FMA + F16C; portable/portable_ops.h says what each
// operation means.
#ifndef BAMBOO_KERNELS_AVX2_AVX2_OPS_H_
#define BAMBOO_KERNELS_AVX2_AVX2_OPS_H_

#include <immintrin.h>

#include <cstdint>

#include "kernels/generic/inlining.h"

namespace bamboo {
namespace {

struct Avx2Ops {
  using F = __m256;
  static constexpr int kLanes = 8;

  static BAMBOO_INLINE F zero() { return _mm256_setzero_ps(); }
  static BAMBOO_INLINE F set1(float x) { return _mm256_set1_ps(x); }

  // Lanes [0, n) all ones.
  static BAMBOO_INLINE __m256i lane_mask(int64_t n) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const int64_t bounded = n < 0 ? 0 : n > kLanes ? int64_t{kLanes} : n;
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(bounded)), lanes);
  }
  static BAMBOO_INLINE F load(const void* p) {
    return _mm256_loadu_ps(static_cast<const float*>(p));
  }
  static BAMBOO_INLINE F load_n(const float* p, int64_t n) {
    return _mm256_maskload_ps(p, lane_mask(n));
  }
  static BAMBOO_INLINE void store(float* p, F x) { _mm256_storeu_ps(p, x); }
  static BAMBOO_INLINE void store_n(float* p, F x, int64_t n) {
    _mm256_maskstore_ps(p, lane_mask(n), x);
  }
  static BAMBOO_INLINE F load_f16(const void* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(p)));
  }
  static BAMBOO_INLINE F load_i8(const int8_t* p) {
    return _mm256_cvtepi32_ps(
        _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
  }
  static BAMBOO_INLINE F load_bf16(const void* p) {
    const __m128i bits = _mm_loadu_si128(static_cast<const __m128i*>(p));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
  }
  static BAMBOO_INLINE void store_f16(uint16_t* p, F x) {
    const __m128i halves = _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), halves);
  }

  static BAMBOO_INLINE F add(F a, F b) { return _mm256_add_ps(a, b); }
  static BAMBOO_INLINE F sub(F a, F b) { return _mm256_sub_ps(a, b); }
  static BAMBOO_INLINE F mul(F a, F b) { return _mm256_mul_ps(a, b); }
  static BAMBOO_INLINE F div(F a, F b) { return _mm256_div_ps(a, b); }
  static BAMBOO_INLINE F fma(F a, F b, F c) { return _mm256_fmadd_ps(a, b, c); }
  static BAMBOO_INLINE F max(F a, F b) { return _mm256_max_ps(a, b); }
  static BAMBOO_INLINE F min(F a, F b) { return _mm256_min_ps(a, b); }
  static BAMBOO_INLINE F select_less(F a, F b, F x, F y) {
    return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
  }
  static BAMBOO_INLINE F select_nan(F a, F x, F y) {
    return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
  }
  static BAMBOO_INLINE uint32_t nonzero_bits(F x) {
    return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(x, zero(), _CMP_NEQ_UQ)));
  }
  static BAMBOO_INLINE F first_lanes(F x, int64_t n, F other) {
    return _mm256_blendv_ps(other, x, _mm256_castsi256_ps(lane_mask(n)));
  }

  static BAMBOO_INLINE F round(F x) {
    return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  static BAMBOO_INLINE F pow2(F n) {
    const __m256i biased = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(biased, 23));
  }

  // ((0+4) + (2+6)) + ((1+5) + (3+7))
  static BAMBOO_INLINE float reduce_add(F x) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
  static BAMBOO_INLINE float reduce_max(F x) {
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
  }
};

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_AVX2_AVX2_OPS_H_
