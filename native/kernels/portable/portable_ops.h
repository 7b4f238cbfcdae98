// Float vectors for any CPU that GCC or Clang compiles for: four lanes in the compilers' vector
// extension. Also the reference for what each operation of an instruction set's Ops means.
#ifndef BAMBOO_KERNELS_PORTABLE_PORTABLE_OPS_H_
#define BAMBOO_KERNELS_PORTABLE_PORTABLE_OPS_H_

#include "kernels/generic/inlining.h"
#include "kernels/portable/half.h"

namespace bamboo {
namespace {

struct PortableOps {
  using F = float __attribute__((vector_size(16)));
  using I = int32_t __attribute__((vector_size(16)));
  static constexpr int kLanes = 4;

  static BAMBOO_INLINE F zero() { return F{}; }
  static BAMBOO_INLINE F set1(float x) { return F{x, x, x, x}; }

  // Any alignment. load_n reads n < kLanes elements, the other lanes are 0; store_n writes n.
  static BAMBOO_INLINE F load(const void* p) {
    F x;
    __builtin_memcpy(&x, p, sizeof(x));
    return x;
  }
  static BAMBOO_INLINE F load_n(const float* p, int64_t n) {
    F x = {};
    for (int64_t i = 0; i < n; ++i) x[i] = p[i];
    return x;
  }
  static BAMBOO_INLINE void store(float* p, F x) { __builtin_memcpy(p, &x, sizeof(x)); }
  static BAMBOO_INLINE void store_n(float* p, F x, int64_t n) {
    for (int64_t i = 0; i < n; ++i) p[i] = x[i];
  }
  // half_to_float without branches: shifted into place, a half is the float 2^-112 times too small,
  // subnormals included; infinity and NaN get a float's exponent of all ones.
  static BAMBOO_INLINE F load_f16(const void* p) {
    using Halves = uint16_t __attribute__((vector_size(8)));
    Halves halves;
    __builtin_memcpy(&halves, p, sizeof(halves));
    const I bits = __builtin_convertvector(halves, I);
    const I magnitude = bits & 0x7fff;
    const I shifted = magnitude << 13;
    F small;
    __builtin_memcpy(&small, &shifted, sizeof(small));
    const F scaled = small * 0x1p112f;
    I result;
    __builtin_memcpy(&result, &scaled, sizeof(result));
    result = magnitude >= 0x7c00 ? shifted | 0x7f800000 : result;
    result |= (bits & 0x8000) << 16;
    F value;
    __builtin_memcpy(&value, &result, sizeof(value));
    return value;
  }
  // kLanes integers as floats.
  static BAMBOO_INLINE F load_i8(const int8_t* p) {
    return F{static_cast<float>(p[0]), static_cast<float>(p[1]), static_cast<float>(p[2]),
             static_cast<float>(p[3])};
  }
  static BAMBOO_INLINE F load_bf16(const void* p) {
    uint16_t h[kLanes];
    __builtin_memcpy(h, p, sizeof(h));
    return F{bf16_to_float(h[0]), bf16_to_float(h[1]), bf16_to_float(h[2]), bf16_to_float(h[3])};
  }
  static BAMBOO_INLINE void store_f16(uint16_t* p, F x) {
    for (int i = 0; i < kLanes; ++i) p[i] = float_to_half(x[i]);
  }

  static BAMBOO_INLINE F add(F a, F b) { return a + b; }
  static BAMBOO_INLINE F sub(F a, F b) { return a - b; }
  static BAMBOO_INLINE F mul(F a, F b) { return a * b; }
  static BAMBOO_INLINE F div(F a, F b) { return a / b; }
  // a * b + c; rounded once where the instruction set can, twice here.
  static BAMBOO_INLINE F fma(F a, F b, F c) { return a * b + c; }
  // If a lane of either is NaN, the second operand.
  static BAMBOO_INLINE F max(F a, F b) { return a > b ? a : b; }
  static BAMBOO_INLINE F min(F a, F b) { return a < b ? a : b; }
  // a < b ? x : y by lane (false for NaN), and a is NaN ? x : y.
  static BAMBOO_INLINE F select_less(F a, F b, F x, F y) { return a < b ? x : y; }
  static BAMBOO_INLINE F select_nan(F a, F x, F y) { return a != a ? x : y; }
  // Bit i: lane i is not zero (NaN is not).
  static BAMBOO_INLINE uint32_t nonzero_bits(F x) {
    uint32_t bits = 0;
    for (int i = 0; i < kLanes; ++i) bits |= static_cast<uint32_t>(x[i] != 0.0f) << i;
    return bits;
  }
  // The first n lanes of x (none for n <= 0, all for n >= kLanes), the rest from other.
  static BAMBOO_INLINE F first_lanes(F x, int64_t n, F other) {
    for (int i = 0; i < kLanes; ++i) x[i] = i < n ? x[i] : other[i];
    return x;
  }

  // To the nearest integer, ties to even; |x| < 2^22.
  static BAMBOO_INLINE F round(F x) {
    const F magic = set1(0x1.8p23f);
    return (x + magic) - magic;
  }
  // 2^n for an integral n in [-126, 127].
  static BAMBOO_INLINE F pow2(F n) {
    const I exponents = (__builtin_convertvector(n, I) + 127) << 23;
    F result;
    __builtin_memcpy(&result, &exponents, sizeof(result));
    return result;
  }

  static BAMBOO_INLINE float reduce_add(F x) { return (x[0] + x[2]) + (x[1] + x[3]); }
  static BAMBOO_INLINE float reduce_max(F x) {
    const float a = x[0] > x[2] ? x[0] : x[2];
    const float b = x[1] > x[3] ? x[1] : x[3];
    return a > b ? a : b;
  }
};

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_PORTABLE_PORTABLE_OPS_H_
