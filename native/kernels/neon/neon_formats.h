// Quantized rows on AArch64 with the int8 dot product: a step is one block of 32 as int8.
//
// Activations are two int8 planes, x = 128 * high + low with high in [-127, 127] and low in [-64,
// 63], so that sdot applies: lanes = (dot(w, high) << 7) + dot(w, low) is exact; a lane sums 8
// products, at most 8 * 128 * 16256 < 2^25.
#ifndef BAMBOO_KERNELS_NEON_NEON_FORMATS_H_
#define BAMBOO_KERNELS_NEON_NEON_FORMATS_H_

#include "kernels/generic/activation_packing.h"
#include "kernels/generic/float_format.h"
#include "kernels/neon/neon_ops.h"

namespace bamboo {
namespace {

// Packed step: 32 high parts, then 32 low parts.
struct NeonPlanes : generic::PackedActivations<NeonOps, int8_t> {
  using F = float32x4_t;
  struct Vector {
    int8x16_t high[2];
    int8x16_t low[2];
  };
  static constexpr int64_t kStep = 32;
  static constexpr int64_t kStepActivations = 64;

  static BAMBOO_INLINE void quantize(const float* x, float inverse, int8_t* out) {
    for (int i = 0; i < kStep; i += 8) {
      const int32x4_t a = vcvtnq_s32_f32(vmulq_n_f32(vld1q_f32(x + i), inverse));
      const int32x4_t b = vcvtnq_s32_f32(vmulq_n_f32(vld1q_f32(x + i + 4), inverse));
      const int16x8_t q = vcombine_s16(vqmovn_s32(a), vqmovn_s32(b));
      const int16x8_t high = vshrq_n_s16(vqaddq_s16(q, vdupq_n_s16(64)), 7);
      const int16x8_t low = vsubq_s16(q, vshlq_n_s16(high, 7));
      vst1_s8(out + i, vmovn_s16(high));
      vst1_s8(out + kStep + i, vmovn_s16(low));
    }
  }
  static BAMBOO_INLINE Vector load(const int8_t* x) {
    return {{vld1q_s8(x), vld1q_s8(x + 16)}, {vld1q_s8(x + 32), vld1q_s8(x + 48)}};
  }
  static BAMBOO_INLINE Vector load_tail(const int8_t* x, int64_t) { return load(x); }
};

struct NeonQuantStep : NeonPlanes {
  struct Weights {
    int8x16_t quants[2];
    float32x4_t scale;
  };
  static BAMBOO_INLINE F accumulate(const Weights& w, const Vector& x, F sum) {
    const int32x4_t zero = vdupq_n_s32(0);
    const int32x4_t high =
        vdotq_s32(vdotq_s32(zero, w.quants[0], x.high[0]), w.quants[1], x.high[1]);
    const int32x4_t start = vshlq_n_s32(high, 7);
    const int32x4_t lanes =
        vdotq_s32(vdotq_s32(start, w.quants[0], x.low[0]), w.quants[1], x.low[1]);
    return vfmaq_f32(sum, vcvtq_f32_s32(lanes), w.scale);
  }
};

// Q6_K: each half of a step has an integer scale of its own; 4 * 128 * 32 * 16256 * 2 < 2^31.
struct NeonQ6Step : NeonPlanes {
  struct Weights {
    int8x16_t quants[2];
    int32x4_t scales[2];
    float32x4_t scale;
  };
  static BAMBOO_INLINE int32x4_t half_lanes(const Weights& w, const Vector& x, int half) {
    const int32x4_t high = vdotq_s32(vdupq_n_s32(0), w.quants[half], x.high[half]);
    return vdotq_s32(vshlq_n_s32(high, 7), w.quants[half], x.low[half]);
  }
  static BAMBOO_INLINE F accumulate(const Weights& w, const Vector& x, F sum) {
    const int32x4_t first = vmulq_s32(half_lanes(w, x, 0), w.scales[0]);
    const int32x4_t lanes = vmlaq_s32(first, half_lanes(w, x, 1), w.scales[1]);
    return vfmaq_f32(sum, vcvtq_f32_s32(lanes), w.scale);
  }
};

// The 32 quants of a block, centred on zero.
struct NeonQuants {
  int8x16_t first;
  int8x16_t second;
};

template <DType kType>
BAMBOO_INLINE float neon_half(const uint8_t* p) {
  const uint16x4_t bits = vdup_n_u16(generic::load_unaligned<NeonOps, uint16_t>(p));
  return vgetq_lane_f32(vcvt_f32_f16(vreinterpret_f16_u16(bits)), 0);
}

template <DType kType>
struct NeonQuantFormat {
  using Step = NeonQuantStep;
  using Weights = Step::Weights;
  static constexpr DType kDType = kType;

  static BAMBOO_INLINE int8x16_t minus(uint8x16_t q, int8_t offset) {
    return vsubq_s8(vreinterpretq_s8_u8(q), vdupq_n_s8(offset));
  }
  // 16 in each byte i < 16 whose bit is set.
  static BAMBOO_INLINE uint8x16_t fifth_bits(const uint8_t* bits) {
    const uint8_t masks[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bytes = vcombine_u8(vdup_n_u8(bits[0]), vdup_n_u8(bits[1]));
    return vandq_u8(vtstq_u8(bytes, vld1q_u8(masks)), vdupq_n_u8(16));
  }
  static BAMBOO_INLINE NeonQuants quants(const uint8_t* p) {
    if constexpr (kType == DType::kQ8_0) {
      const auto* q = reinterpret_cast<const int8_t*>(p + generic::kQ8Quants);
      return {vld1q_s8(q), vld1q_s8(q + 16)};
    } else if constexpr (kType == DType::kQ4_0) {
      const uint8x16_t nibbles = vld1q_u8(p + generic::kQ4Nibbles);
      return {minus(vandq_u8(nibbles, vdupq_n_u8(15)), 8), minus(vshrq_n_u8(nibbles, 4), 8)};
    } else {
      const uint8x16_t nibbles = vld1q_u8(p + generic::kQ5Nibbles);
      const uint8_t* high = p + generic::kQ5High;
      return {minus(vorrq_u8(vandq_u8(nibbles, vdupq_n_u8(15)), fifth_bits(high)), 16),
              minus(vorrq_u8(vshrq_n_u8(nibbles, 4), fifth_bits(high + 2)), 16)};
    }
  }
  static BAMBOO_INLINE Weights decode(const uint8_t* row, int64_t step) {
    const uint8_t* p = row + step * traits(kType).block_bytes;
    const NeonQuants q = quants(p);
    return {{q.first, q.second}, vdupq_n_f32(neon_half<kType>(p))};
  }
  static BAMBOO_INLINE Weights decode_tail(const uint8_t* row, int64_t step, int64_t) {
    return decode(row, step);
  }
  static BAMBOO_INLINE void floats(int8x16_t q, float scale, float32x4_t* out) {
    const int16x8_t low = vmovl_s8(vget_low_s8(q));
    const int16x8_t high = vmovl_s8(vget_high_s8(q));
    out[0] = vmulq_n_f32(vcvtq_f32_s32(vmovl_s16(vget_low_s16(low))), scale);
    out[1] = vmulq_n_f32(vcvtq_f32_s32(vmovl_s16(vget_high_s16(low))), scale);
    out[2] = vmulq_n_f32(vcvtq_f32_s32(vmovl_s16(vget_low_s16(high))), scale);
    out[3] = vmulq_n_f32(vcvtq_f32_s32(vmovl_s16(vget_high_s16(high))), scale);
  }
  static BAMBOO_INLINE void dequantize(const uint8_t* row, int64_t first, int64_t,
                                       float32x4_t* out) {
    const uint8_t* p = row + first / generic::kBlock * traits(kType).block_bytes;
    const NeonQuants q = quants(p);
    const float scale = neon_half<kType>(p);
    floats(q.first, scale, out);
    floats(q.second, scale, out + 4);
  }
};

template <>
struct NeonQuantFormat<DType::kQ6_K> {
  using Step = NeonQ6Step;
  using Weights = Step::Weights;
  static constexpr DType kDType = DType::kQ6_K;
  static constexpr int64_t kBlockBytes = traits(kDType).block_bytes;

  // Chunk 0..7 of 32 elements of a block.
  static BAMBOO_INLINE int8x16_t quants(const uint8_t* low, const uint8_t* high, int part) {
    const int8x16_t low_shift = vdupq_n_s8(static_cast<int8_t>(-4 * (part >> 1)));
    const int8x16_t high_shift = vdupq_n_s8(static_cast<int8_t>(-2 * part));
    const uint8x16_t nibbles = vandq_u8(vshlq_u8(vld1q_u8(low), low_shift), vdupq_n_u8(15));
    const uint8x16_t bits = vandq_u8(vshlq_u8(vld1q_u8(high), high_shift), vdupq_n_u8(3));
    const uint8x16_t both = vorrq_u8(nibbles, vshlq_n_u8(bits, 4));
    return vsubq_s8(vreinterpretq_s8_u8(both), vdupq_n_s8(32));
  }
  static BAMBOO_INLINE NeonQuants chunk_quants(const uint8_t* block, int chunk) {
    const int part = chunk % 4;
    const uint8_t* low = block + generic::kQ6Low + 64 * (chunk / 4) + 32 * (part & 1);
    const uint8_t* high = block + generic::kQ6High + 32 * (chunk / 4);
    return {quants(low, high, part), quants(low + 16, high + 16, part)};
  }
  static BAMBOO_INLINE int8_t sub_scale(const uint8_t* block, int sub_block) {
    return static_cast<int8_t>(block[generic::kQ6Scales + sub_block]);
  }
  static BAMBOO_INLINE Weights decode(const uint8_t* row, int64_t step) {
    const uint8_t* block = row + step / 8 * kBlockBytes;
    const auto chunk = static_cast<int>(step % 8);
    const NeonQuants q = chunk_quants(block, chunk);
    return {
        {q.first, q.second},
        {vdupq_n_s32(sub_scale(block, 2 * chunk)), vdupq_n_s32(sub_scale(block, 2 * chunk + 1))},
        vdupq_n_f32(neon_half<kDType>(block + generic::kQ6Scale))};
  }
  static BAMBOO_INLINE Weights decode_tail(const uint8_t* row, int64_t step, int64_t) {
    return decode(row, step);
  }
  static BAMBOO_INLINE void dequantize(const uint8_t* row, int64_t first, int64_t,
                                       float32x4_t* out) {
    const int64_t index = first / generic::kBlock;
    const uint8_t* block = row + index / 8 * kBlockBytes;
    const auto chunk = static_cast<int>(index % 8);
    const NeonQuants q = chunk_quants(block, chunk);
    const float d = neon_half<kDType>(block + generic::kQ6Scale);  // times 8 bits: still exact
    using Floats = NeonQuantFormat<DType::kQ8_0>;
    Floats::floats(q.first, d * static_cast<float>(sub_scale(block, 2 * chunk)), out);
    Floats::floats(q.second, d * static_cast<float>(sub_scale(block, 2 * chunk + 1)), out + 4);
  }
};

template <DType kType, bool kIsQuantized>
struct NeonFormat : generic::FloatFormat<NeonOps, kType> {};
template <DType kType>
struct NeonFormat<kType, true> : NeonQuantFormat<kType> {};

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_NEON_NEON_FORMATS_H_
