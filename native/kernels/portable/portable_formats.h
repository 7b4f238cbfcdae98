// Quantized rows on the portable instruction set: a step is one block of 32, unpacked to int16 by
// plain loops.
#ifndef BAMBOO_KERNELS_PORTABLE_PORTABLE_FORMATS_H_
#define BAMBOO_KERNELS_PORTABLE_PORTABLE_FORMATS_H_

#include "kernels/generic/activation_packing.h"
#include "kernels/generic/float_format.h"
#include "kernels/portable/portable_ops.h"

namespace bamboo {
namespace {

struct PortableQuantStep : generic::PackedActivations<PortableOps, int16_t> {
  using Ops = PortableOps;
  using F = Ops::F;
  using Vector = const int16_t*;
  struct Weights {
    int16_t quants[32];
    float scale;
  };
  static constexpr int64_t kStep = 32;
  static constexpr int64_t kStepActivations = 32;

  static BAMBOO_INLINE void quantize(const float* x, float inverse, int16_t* out) {
    const F limit = Ops::set1(32767.0f);  // only a vector that holds infinities or NaN comes near
    for (int64_t i = 0; i < kStep; i += Ops::kLanes) {
      const F scaled = Ops::mul(Ops::load(x + i), Ops::set1(inverse));
      const F bounded = Ops::max(Ops::min(scaled, limit), Ops::sub(Ops::zero(), limit));
      const F rounded = Ops::round(bounded);
      for (int64_t k = 0; k < Ops::kLanes; ++k) out[i + k] = static_cast<int16_t>(rounded[k]);
    }
  }
  static BAMBOO_INLINE Vector load(const int16_t* x) { return x; }
  static BAMBOO_INLINE Vector load_tail(const int16_t* x, int64_t) { return x; }
  // Lane j sums elements j, j + 4, ..., j + 28.
  static BAMBOO_INLINE F accumulate(const Weights& w, Vector x, F sum) {
    // As one loop of widening products, which compilers know how to vectorize.
    int32_t products[kStep];
    for (int64_t k = 0; k < kStep; ++k) products[k] = w.quants[k] * x[k];
    Ops::I lanes = {};
    BAMBOO_UNROLL for (int64_t k = 0; k < kStep; k += Ops::kLanes) {
      Ops::I four;
      __builtin_memcpy(&four, products + k, sizeof(four));
      lanes += four;
    }
    return Ops::fma(__builtin_convertvector(lanes, F), Ops::set1(w.scale), sum);
  }
};

template <DType kType>
struct PortableQuantFormat {
  using Ops = PortableOps;
  using Step = PortableQuantStep;
  using Weights = Step::Weights;
  static constexpr DType kDType = kType;

  static BAMBOO_INLINE float half(const uint8_t* p) {
    return half_to_float(generic::load_unaligned<Ops, uint16_t>(p));
  }
  static BAMBOO_INLINE Weights decode(const uint8_t* row, int64_t step) {
    Weights w;
    if constexpr (kType == DType::kQ6_K) {
      decode_q6(row + step / 8 * traits(kType).block_bytes, static_cast<int>(step % 8), w);
      return w;
    }
    const uint8_t* p = row + step * traits(kType).block_bytes;
    w.scale = half(p);
    if constexpr (kType == DType::kQ8_0) {
      for (int i = 0; i < 32; ++i) w.quants[i] = static_cast<int8_t>(p[generic::kQ8Quants + i]);
    } else if constexpr (kType == DType::kQ4_0) {
      for (int i = 0; i < 16; ++i) {
        w.quants[i] = static_cast<int16_t>((p[generic::kQ4Nibbles + i] & 15) - 8);
        w.quants[i + 16] = static_cast<int16_t>((p[generic::kQ4Nibbles + i] >> 4) - 8);
      }
    } else if constexpr (kType == DType::kQ5_0) {
      const auto high = generic::load_unaligned<Ops, uint32_t>(p + generic::kQ5High);
      for (int i = 0; i < 16; ++i) {
        const int nibbles = p[generic::kQ5Nibbles + i];
        const int low_bit = static_cast<int>(high >> i & 1) << 4;
        const int high_bit = static_cast<int>(high >> (i + 16) & 1) << 4;
        w.quants[i] = static_cast<int16_t>(((nibbles & 15) | low_bit) - 16);
        w.quants[i + 16] = static_cast<int16_t>(((nibbles >> 4) | high_bit) - 16);
      }
    }
    return w;
  }
  // The sub-block scale (8 bits) times the quant (6 bits) still fits int16.
  static BAMBOO_INLINE void decode_q6(const uint8_t* block, int chunk, Weights& w) {
    const int half_index = chunk / 4;
    const int part = chunk % 4;
    const uint8_t* low = block + generic::kQ6Low + 64 * half_index + 32 * (part & 1);
    const uint8_t* high = block + generic::kQ6High + 32 * half_index;
    const auto* scales = reinterpret_cast<const int8_t*>(block + generic::kQ6Scales) + 2 * chunk;
    for (int i = 0; i < 32; ++i) {
      const int quant = (low[i] >> 4 * (part >> 1) & 15) | (high[i] >> 2 * part & 3) << 4;
      w.quants[i] = static_cast<int16_t>((quant - 32) * scales[i / 16]);
    }
    w.scale = half(block + generic::kQ6Scale);
  }
  static BAMBOO_INLINE Weights decode_tail(const uint8_t* row, int64_t step, int64_t) {
    return decode(row, step);
  }
  static BAMBOO_INLINE void dequantize(const uint8_t* row, int64_t first, int64_t, Ops::F* out) {
    const Weights w = decode(row, first / generic::kBlock);
    const Ops::F scale = Ops::set1(w.scale);
    for (int v = 0; v < generic::kBlock / Ops::kLanes; ++v) {
      const int16_t* q = w.quants + v * Ops::kLanes;
      const Ops::F quants = {static_cast<float>(q[0]), static_cast<float>(q[1]),
                             static_cast<float>(q[2]), static_cast<float>(q[3])};
      out[v] = Ops::mul(quants, scale);
    }
  }
};

template <DType kType, bool kIsQuantized>
struct PortableFormat : generic::FloatFormat<PortableOps, kType> {};
template <DType kType>
struct PortableFormat<kType, true> : PortableQuantFormat<kType> {};

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_PORTABLE_PORTABLE_FORMATS_H_
