// exp over a vector of floats, for softmax, SiLU and log-sum-exp.
#ifndef BAMBOO_KERNELS_GENERIC_VECTOR_EXP_H_
#define BAMBOO_KERNELS_GENERIC_VECTOR_EXP_H_

#include "kernels/generic/inlining.h"

namespace bamboo::generic {

// exp(x) with a relative error below 2e-7 where x is in [-87.33, 88.37]; 0 below, infinity above,
// NaN for NaN.
//
// Cody-Waite reduction x = n ln2 + r, |r| <= ln2 / 2, ln2 split so that n * kLn2High is exact;
// exp(r) = 1 + r + r^2 q(r) with q the degree-4 minimax fit of its own (relative error of the fit:
// 4e-9).
template <class Ops>
BAMBOO_INLINE typename Ops::F vector_exp(typename Ops::F x) {
  using F = typename Ops::F;
  constexpr float kLowest = -87.33f;
  constexpr float kHighest = 88.37f;
  constexpr float kLn2High = 0.693359375f;
  constexpr float kLn2Low = -2.12194440e-4f;
  const F lowest = Ops::set1(kLowest);
  const F highest = Ops::set1(kHighest);
  // Ops::max and min return their second operand for NaN, so NaN becomes a bound here and is put
  // back below.
  const F bounded = Ops::min(Ops::max(x, lowest), highest);
  const F n = Ops::round(Ops::mul(bounded, Ops::set1(1.44269504f)));
  F r = Ops::fma(n, Ops::set1(-kLn2High), bounded);
  r = Ops::fma(n, Ops::set1(-kLn2Low), r);
  F q = Ops::fma(Ops::set1(0.0013814537f), r, Ops::set1(0.008368746f));
  q = Ops::fma(q, r, Ops::set1(0.041668393f));
  q = Ops::fma(q, r, Ops::set1(0.16666521f));
  q = Ops::fma(q, r, Ops::set1(0.49999994f));
  const F p = Ops::add(Ops::fma(Ops::mul(r, r), q, r), Ops::set1(1.0f));
  F e = Ops::mul(p, Ops::pow2(n));
  e = Ops::select_less(x, lowest, Ops::zero(), e);
  e = Ops::select_less(highest, x, Ops::set1(__builtin_inff()), e);
  return Ops::select_nan(x, x, e);
}

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_VECTOR_EXP_H_
