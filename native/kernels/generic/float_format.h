// F32, F16 and BF16 rows as the matmul, axpy and dequantize templates see them: one step is one
// vector of floats. Quantized types are in each instruction set's own *_formats.h.
#ifndef BAMBOO_KERNELS_GENERIC_FLOAT_FORMAT_H_
#define BAMBOO_KERNELS_GENERIC_FLOAT_FORMAT_H_

#include "kernels/generic/blocks.h"
#include "kernels/kernel_table.h"

namespace bamboo::generic {

// What a register tile needs to know; shared by the three types, so that they share one tile.
template <class Ops>
struct FloatStep {
  using F = typename Ops::F;
  using Activation = float;
  using Vector = F;
  struct Weights {
    F values;
  };
  static constexpr int64_t kStep = Ops::kLanes;
  static constexpr int64_t kStepActivations = kStep;
  static constexpr int kStreamRows = 4;

  static BAMBOO_INLINE Vector load(const float* x) { return Ops::load(x); }
  static BAMBOO_INLINE Vector load_tail(const float* x, int64_t n) { return Ops::load_n(x, n); }
  static BAMBOO_INLINE F accumulate(const Weights& w, const Vector& x, F sum) {
    return Ops::fma(w.values, x, sum);
  }
  static BAMBOO_INLINE const float* activations(const ActivationView& x, int64_t t, int64_t cols) {
    return x.values + t * cols;
  }
  static BAMBOO_INLINE float scale(const ActivationView&, int64_t, int64_t) { return 1.0f; }
};

template <class Ops, DType kType>
struct FloatFormat {
  using F = typename Ops::F;
  using Step = FloatStep<Ops>;
  using Weights = typename Step::Weights;
  static constexpr DType kDType = kType;
  static constexpr int64_t kElementBytes = traits(kType).block_bytes;

  static BAMBOO_INLINE F values(const uint8_t* p) {
    if constexpr (kType == DType::kF32) {
      return Ops::load(p);
    } else if constexpr (kType == DType::kF16) {
      return Ops::load_f16(p);
    } else {
      return Ops::load_bf16(p);
    }
  }
  static BAMBOO_INLINE F values_n(const uint8_t* p, int64_t n) {
    alignas(64) uint8_t bytes[Ops::kLanes * kElementBytes] = {};
    __builtin_memcpy(bytes, p, static_cast<size_t>(n * kElementBytes));
    return values(bytes);
  }
  static BAMBOO_INLINE Weights decode(const uint8_t* row, int64_t step) {
    return {values(row + step * Step::kStep * kElementBytes)};
  }
  static BAMBOO_INLINE Weights decode_tail(const uint8_t* row, int64_t step, int64_t n) {
    return {values_n(row + step * Step::kStep * kElementBytes, n)};
  }
  // Elements [first, first + n) with n <= kBlock; the rest of `out` becomes 0.
  static BAMBOO_INLINE void dequantize(const uint8_t* row, int64_t first, int64_t n, F* out) {
    for (int64_t i = 0; i < kBlock / Ops::kLanes; ++i) {
      const int64_t left = n - i * Ops::kLanes;
      const uint8_t* p = row + (first + i * Ops::kLanes) * kElementBytes;
      out[i] = left >= Ops::kLanes ? values(p) : left > 0 ? values_n(p, left) : Ops::zero();
    }
  }
};

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_FLOAT_FORMAT_H_
