// Writes of one position into an int8 KV cache: integers and one scale for the whole head.
#ifndef BAMBOO_KERNELS_GENERIC_QUANTIZED_KV_H_
#define BAMBOO_KERNELS_GENERIC_QUANTIZED_KV_H_

#include "kernels/generic/attention.h"

namespace bamboo::generic {

inline constexpr int64_t kMaxHeadDim = 256;
// Below this maximum the reciprocal scale would overflow; such a position counts as zero.
inline constexpr float kSmallestKvMaximum = 1e-30f;

// quants[d] = round(x[d] / scale) for d in [0, head_dim); returns the scale.
template <class Isa>
BAMBOO_INLINE float quantize_position(const float* x, int64_t head_dim, int8_t* quants) {
  using Ops = typename Isa::Ops;
  using F = typename Ops::F;
  float rounded[kMaxHeadDim + Ops::kLanes];
  F maximum = Ops::zero();
  F poison = Ops::zero();  // NaN when an x is not finite
  const auto load = [=](int64_t d) {
    const int64_t left = head_dim - d;
    return left < Ops::kLanes ? Ops::load_n(x + d, left) : Ops::load(x + d);
  };
  for (int64_t d = 0; d < head_dim; d += Ops::kLanes) {
    const F v = load(d);
    maximum = Ops::max(Ops::max(v, Ops::sub(Ops::zero(), v)), maximum);
    poison = Ops::add(poison, Ops::mul(v, Ops::zero()));
  }
  const float not_finite = Ops::reduce_add(poison);
  const float largest = Ops::reduce_max(maximum);
  const bool is_finite = not_finite == 0.0f;
  const bool is_zero = !is_finite || !(largest >= kSmallestKvMaximum);
  const F inverse = Ops::set1(is_zero ? 0.0f : 127.0f / largest);
  for (int64_t d = 0; d < head_dim; d += Ops::kLanes) {
    Ops::store(rounded + d, Ops::round(Ops::mul(load(d), inverse)));
  }
  for (int64_t d = 0; d < head_dim; ++d) {
    quants[d] = is_zero ? int8_t{0} : static_cast<int8_t>(rounded[d]);
  }
  if (!is_finite) return __builtin_nanf("");
  return is_zero ? 0.0f : largest / 127.0f;
}

template <class Isa>
void store_quantized_value(const float* value, int64_t head_dim, int64_t position, int8_t* values,
                           float* scales) {
  scales[position] = quantize_position<Isa>(value, head_dim, values + position * head_dim);
}

template <class Isa>
void store_quantized_key(const float* key, int64_t head_dim, int64_t position, int8_t* keys,
                         float* scales) {
  int8_t quants[kMaxHeadDim];
  scales[position] = quantize_position<Isa>(key, head_dim, quants);
  int8_t* out = keys + position / kKeyBlock * kKeyBlock * head_dim + position % kKeyBlock;
  for (int64_t d = 0; d < head_dim; ++d) out[d * kKeyBlock] = quants[d];
}

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_QUANTIZED_KV_H_
