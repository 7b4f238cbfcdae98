// Quantizes activation vectors to 15-bit integers for the matrices in block formats (matmul.h reads
// the result). Packed vector: 64 bytes whose first float is the scale, then the integers step by
// step in the order that Isa::QuantStep wants, the last step padded with zeros.
#ifndef BAMBOO_KERNELS_GENERIC_ACTIVATION_PACKING_H_
#define BAMBOO_KERNELS_GENERIC_ACTIVATION_PACKING_H_

#include "kernels/generic/blocks.h"
#include "kernels/kernel_table.h"

namespace bamboo::generic {

inline constexpr int64_t kPackedHeaderBytes = 64;
// 127 * 128: the largest magnitude whose two signed 7-bit planes (x = 128 * high + low) both fit
// int8.
inline constexpr float kActivationSteps = 16256.0f;
// Below this maximum the reciprocal scale would overflow; such a vector counts as zero.
inline constexpr float kSmallestMaximum = 1e-30f;

template <class>
size_t packed_activation_bytes(int64_t cols) {
  const int64_t padded = (cols + 63) / 64 * 64;
  return static_cast<size_t>(kPackedHeaderBytes + padded * 2);
}

template <class Isa>
BAMBOO_INLINE void pack_one(const float* x, int64_t cols, uint8_t* packed) {
  using Ops = typename Isa::Ops;
  using Step = typename Isa::QuantStep;
  using F = typename Ops::F;
  F maximum = Ops::zero();
  F poison =
      Ops::zero();  // 0 when all x are finite, NaN otherwise: a broken vector must not look healthy
  int64_t i = 0;
  for (; i + Ops::kLanes <= cols; i += Ops::kLanes) {
    const F v = Ops::load(x + i);
    maximum = Ops::max(Ops::max(v, Ops::sub(Ops::zero(), v)), maximum);
    poison = Ops::add(poison, Ops::mul(v, Ops::zero()));
  }
  if (i < cols) {
    const F v = Ops::load_n(x + i, cols - i);
    maximum = Ops::max(Ops::max(v, Ops::sub(Ops::zero(), v)), maximum);
    poison = Ops::add(poison, Ops::mul(v, Ops::zero()));
  }
  const float largest = Ops::reduce_max(maximum);
  const bool is_zero = !(largest >= kSmallestMaximum);
  const float inverse = is_zero ? 0.0f : kActivationSteps / largest;
  const float scale = (is_zero ? 0.0f : largest / kActivationSteps) + Ops::reduce_add(poison);
  __builtin_memset(packed, 0, kPackedHeaderBytes);
  __builtin_memcpy(packed, &scale, sizeof(scale));

  auto* out = reinterpret_cast<typename Step::Activation*>(packed + kPackedHeaderBytes);
  const int64_t padded = (cols + 63) / 64 * 64;
  for (int64_t first = 0; first < padded; first += Step::kStep) {
    if (first + Step::kStep <= cols) {
      Step::quantize(x + first, inverse, out);
    } else {
      alignas(64) float tail[Step::kStep] = {};
      for (int64_t k = 0; first + k < cols; ++k) tail[k] = x[first + k];
      Step::quantize(tail, inverse, out);
    }
    out += Step::kStepActivations;
  }
}

template <class Isa>
void pack_activations(const float* x, int64_t n, int64_t cols, uint8_t* packed) {
  const auto bytes = static_cast<int64_t>(packed_activation_bytes<Isa>(cols));
  for (int64_t t = 0; t < n; ++t) pack_one<Isa>(x + t * cols, cols, packed + t * bytes);
}

// Where a packed vector's integers and scale are; the base of every QuantStep.
template <class Ops, class ActivationType>
struct PackedActivations {
  using Activation = ActivationType;
  static constexpr int kStreamRows = 1;
  static BAMBOO_INLINE const uint8_t* vector(const ActivationView& x, int64_t t, int64_t cols) {
    return x.packed + t * static_cast<int64_t>(packed_activation_bytes<Ops>(cols));
  }
  static BAMBOO_INLINE const Activation* activations(const ActivationView& x, int64_t t,
                                                     int64_t cols) {
    return reinterpret_cast<const Activation*>(vector(x, t, cols) + kPackedHeaderBytes);
  }
  static BAMBOO_INLINE float scale(const ActivationView& x, int64_t t, int64_t cols) {
    return load_unaligned<Ops, float>(vector(x, t, cols));
  }
};

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_ACTIVATION_PACKING_H_
