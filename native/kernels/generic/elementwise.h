// Elementwise kernels (gated activations, add), log_sum_exp, RMSNorm and the rotary embedding.
// Sums run in fixed lanes: element i belongs to lane i mod kLanes whatever the length.
#ifndef BAMBOO_KERNELS_GENERIC_ELEMENTWISE_H_
#define BAMBOO_KERNELS_GENERIC_ELEMENTWISE_H_

#include "kernels/generic/inlining.h"
#include "kernels/generic/vector_exp.h"
#include "kernels/kernel_table.h"

namespace bamboo::generic {

// out[i] = f(a[i], b[i]); out may be a or b.
template <class Ops, class Function>
BAMBOO_INLINE void transform(const float* a, const float* b, int64_t n, float* out,
                             const Function& f) {
  int64_t i = 0;
  for (; i + Ops::kLanes <= n; i += Ops::kLanes) {
    Ops::store(out + i, f(Ops::load(a + i), Ops::load(b + i)));
  }
  if (i < n) {
    Ops::store_n(out + i, f(Ops::load_n(a + i, n - i), Ops::load_n(b + i, n - i)), n - i);
  }
}

// max(0, x); NaN stays NaN.
template <class Ops>
BAMBOO_INLINE typename Ops::F relu(typename Ops::F x) {
  return Ops::select_less(x, Ops::zero(), Ops::zero(), x);
}

template <class Isa>
void relu_relu_product(const float* gate, const float* up, int64_t n, float* out) {
  using Ops = typename Isa::Ops;
  transform<Ops>(
      gate, up, n, out, [](typename Ops::F g, typename Ops::F u) __attribute__((always_inline)) {
        return Ops::mul(relu<Ops>(g), relu<Ops>(u));
      });
}

template <class Isa>
void relu_product(const float* gate, const float* up, int64_t n, float* out) {
  using Ops = typename Isa::Ops;
  transform<Ops>(
      gate, up, n, out, [](typename Ops::F g, typename Ops::F u) __attribute__((always_inline)) {
        return Ops::mul(relu<Ops>(g), u);
      });
}

// silu(g) = g / (1 + exp(-g))
template <class Isa>
void silu_product(const float* gate, const float* up, int64_t n, float* out) {
  using Ops = typename Isa::Ops;
  transform<Ops>(
      gate, up, n, out, [](typename Ops::F g, typename Ops::F u) __attribute__((always_inline)) {
        const auto denominator =
            Ops::add(Ops::set1(1.0f), vector_exp<Ops>(Ops::sub(Ops::zero(), g)));
        return Ops::mul(Ops::div(g, denominator), u);
      });
}

template <class Isa>
void add(const float* x, int64_t n, float* y) {
  using Ops = typename Isa::Ops;
  transform<Ops>(
      x, y, n, y, [](typename Ops::F a, typename Ops::F b) __attribute__((always_inline)) {
        return Ops::add(b, a);
      });
}

template <class Isa>
void rms_norm(const float* x, const float* weight, int64_t n, float epsilon, float* out) {
  using Ops = typename Isa::Ops;
  using F = typename Ops::F;
  F squares = Ops::zero();
  int64_t i = 0;
  for (; i + Ops::kLanes <= n; i += Ops::kLanes) {
    const F v = Ops::load(x + i);
    squares = Ops::fma(v, v, squares);
  }
  if (i < n) {
    const F v = Ops::load_n(x + i, n - i);
    squares = Ops::fma(v, v, squares);
  }
  const float mean = Ops::reduce_add(squares) / static_cast<float>(n);
  const F factor = Ops::set1(1.0f / __builtin_sqrtf(mean + epsilon));
  transform<Ops>(
      x, weight, n, out, [factor](F v, F w) __attribute__((always_inline)) {
        return Ops::mul(Ops::mul(v, factor), w);
      });
}

// Turns `pairs` pairs (first[i * step], second[i * step]) by the angles whose cosines and sines are
// given.
template <class Isa>
void rope(float* x, int64_t n_heads, int64_t head_dim, int64_t rotary_dim, const float* cosines,
          const float* sines, RopeLayout layout) {
  using Ops = typename Isa::Ops;
  using F = typename Ops::F;
  const int64_t pairs = rotary_dim / 2;
  for (int64_t h = 0; h < n_heads; ++h) {
    float* head = x + h * head_dim;
    int64_t i = 0;
    if (layout == RopeLayout::kHalves) {
      for (; i + Ops::kLanes <= pairs; i += Ops::kLanes) {
        const F a = Ops::load(head + i);
        const F b = Ops::load(head + pairs + i);
        const F c = Ops::load(cosines + i);
        const F s = Ops::load(sines + i);
        Ops::store(head + i, Ops::sub(Ops::mul(a, c), Ops::mul(b, s)));
        Ops::store(head + pairs + i, Ops::add(Ops::mul(a, s), Ops::mul(b, c)));
      }
    }
    for (; i < pairs; ++i) {
      float* first = layout == RopeLayout::kHalves ? head + i : head + 2 * i;
      float* second = layout == RopeLayout::kHalves ? head + pairs + i : head + 2 * i + 1;
      const float a = *first;
      const float b = *second;
      *first = a * cosines[i] - b * sines[i];
      *second = a * sines[i] + b * cosines[i];
    }
  }
}

template <class Isa>
float log_sum_exp(const float* x, int64_t n) {
  using Ops = typename Isa::Ops;
  using F = typename Ops::F;
  constexpr float kInfinity = __builtin_inff();
  F maxima = Ops::set1(-kInfinity);
  int64_t i = 0;
  for (; i + Ops::kLanes <= n; i += Ops::kLanes) maxima = Ops::max(Ops::load(x + i), maxima);
  float maximum = Ops::reduce_max(maxima);
  for (; i < n; ++i) maximum = x[i] > maximum ? x[i] : maximum;
  if (maximum == kInfinity || maximum == -kInfinity) {  // x - maximum would make NaN of infinities
    for (i = 0; i < n; ++i) {
      if (x[i] != x[i]) return x[i];
    }
    return maximum;
  }
  const F shift = Ops::set1(maximum);
  F sums = Ops::zero();
  for (i = 0; i + Ops::kLanes <= n; i += Ops::kLanes) {
    sums = Ops::add(sums, vector_exp<Ops>(Ops::sub(Ops::load(x + i), shift)));
  }
  if (i < n) {
    const F terms = vector_exp<Ops>(Ops::sub(Ops::load_n(x + i, n - i), shift));
    sums = Ops::add(sums, Ops::first_lanes(terms, n - i, Ops::zero()));
  }
  return maximum + __builtin_logf(Ops::reduce_add(sums));
}

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_ELEMENTWISE_H_
