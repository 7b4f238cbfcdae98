// Float vectors of four lanes on AArch64; portable/portable_ops.h says what each operation means.
#ifndef BAMBOO_KERNELS_NEON_NEON_OPS_H_
#define BAMBOO_KERNELS_NEON_NEON_OPS_H_

#include <arm_neon.h>

#include <cstdint>

#include "kernels/generic/inlining.h"

namespace bamboo {
namespace {

struct NeonOps {
  using F = float32x4_t;
  static constexpr int kLanes = 4;

  static BAMBOO_INLINE F zero() { return vdupq_n_f32(0.0f); }
  static BAMBOO_INLINE F set1(float x) { return vdupq_n_f32(x); }

  static BAMBOO_INLINE F load(const void* p) {
    return vreinterpretq_f32_u8(vld1q_u8(static_cast<const uint8_t*>(p)));
  }
  static BAMBOO_INLINE F load_n(const float* p, int64_t n) {
    float lanes[kLanes] = {};
    for (int64_t i = 0; i < n; ++i) lanes[i] = p[i];
    return vld1q_f32(lanes);
  }
  static BAMBOO_INLINE void store(float* p, F x) { vst1q_f32(p, x); }
  static BAMBOO_INLINE void store_n(float* p, F x, int64_t n) {
    float lanes[kLanes];
    vst1q_f32(lanes, x);
    for (int64_t i = 0; i < n; ++i) p[i] = lanes[i];
  }
  static BAMBOO_INLINE F load_f16(const void* p) {
    return vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8(static_cast<const uint8_t*>(p))));
  }
  static BAMBOO_INLINE F load_i8(const int8_t* p) {
    int8_t lanes[8] = {p[0], p[1], p[2], p[3]};
    return vcvtq_f32_s32(vmovl_s16(vget_low_s16(vmovl_s8(vld1_s8(lanes)))));
  }
  static BAMBOO_INLINE F load_bf16(const void* p) {
    const uint16x4_t bits = vreinterpret_u16_u8(vld1_u8(static_cast<const uint8_t*>(p)));
    return vreinterpretq_f32_u32(vshll_n_u16(bits, 16));
  }
  static BAMBOO_INLINE void store_f16(uint16_t* p, F x) {
    vst1_u16(p, vreinterpret_u16_f16(vcvt_f16_f32(x)));
  }

  static BAMBOO_INLINE F add(F a, F b) { return vaddq_f32(a, b); }
  static BAMBOO_INLINE F sub(F a, F b) { return vsubq_f32(a, b); }
  static BAMBOO_INLINE F mul(F a, F b) { return vmulq_f32(a, b); }
  static BAMBOO_INLINE F div(F a, F b) { return vdivq_f32(a, b); }
  static BAMBOO_INLINE F fma(F a, F b, F c) { return vfmaq_f32(c, a, b); }
  static BAMBOO_INLINE F max(F a, F b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
  static BAMBOO_INLINE F min(F a, F b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
  static BAMBOO_INLINE F select_less(F a, F b, F x, F y) {
    return vbslq_f32(vcltq_f32(a, b), x, y);
  }
  static BAMBOO_INLINE F select_nan(F a, F x, F y) { return vbslq_f32(vceqq_f32(a, a), y, x); }
  static BAMBOO_INLINE uint32_t nonzero_bits(F x) {
    const uint32_t bits[kLanes] = {1, 2, 4, 8};
    return vaddvq_u32(vbicq_u32(vld1q_u32(bits), vceqzq_f32(x)));
  }
  static BAMBOO_INLINE F first_lanes(F x, int64_t n, F other) {
    const int64_t bounded = n < 0 ? 0 : n > kLanes ? int64_t{kLanes} : n;
    const uint32_t indices[kLanes] = {0, 1, 2, 3};
    const uint32x4_t is_first =
        vcltq_u32(vld1q_u32(indices), vdupq_n_u32(static_cast<uint32_t>(bounded)));
    return vbslq_f32(is_first, x, other);
  }

  static BAMBOO_INLINE F round(F x) { return vrndnq_f32(x); }
  static BAMBOO_INLINE F pow2(F n) {
    const int32x4_t biased = vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127));
    return vreinterpretq_f32_s32(vshlq_n_s32(biased, 23));
  }

  // (0 + 2) + (1 + 3)
  static BAMBOO_INLINE float reduce_add(F x) {
    const float32x2_t two = vadd_f32(vget_low_f32(x), vget_high_f32(x));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
  }
  static BAMBOO_INLINE float reduce_max(F x) {
    const F two = max(x, vextq_f32(x, x, 2));
    const F one = max(two, vextq_f32(two, two, 1));
    return vgetq_lane_f32(one, 0);
  }
};

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_NEON_NEON_OPS_H_
