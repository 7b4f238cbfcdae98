// Exact conversions between float and the 16-bit formats of model files, in plain integer
// arithmetic. The kernels have their own, vectorised ones.
#ifndef BAMBOO_FORMAT_FLOAT_BITS_H_
#define BAMBOO_FORMAT_FLOAT_BITS_H_

#include <bit>
#include <cstdint>

namespace bamboo {

inline constexpr float kMaxFloat16 = 65504.0f;

inline float float_from_bf16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

// Rounds to nearest, ties to even; NaN stays NaN, and a value past the largest finite one becomes
// infinity.
inline uint16_t bf16_from_float(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

inline float float_from_f16(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  const uint32_t magnitude = bits & 0x7FFF;
  if (magnitude >= 0x7C00)
    return std::bit_cast<float>(sign | 0x7F800000 | (magnitude & 0x3FF) << 13);
  if (magnitude < 0x0400) {  // zero and subnormals: magnitude * 2^-24, exact in float
    const float value = static_cast<float>(magnitude) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(value));
  }
  return std::bit_cast<float>(
      sign | ((magnitude << 13) + (112u << 23)));  // 112 = 127 - 15, the difference of biases
}

// Rounds to nearest, ties to even; NaN stays NaN, and a value past the largest finite one becomes
// infinity.
inline uint16_t f16_from_float(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = bits >> 16 & 0x8000;
  const uint32_t magnitude = bits & 0x7FFFFFFF;
  if (magnitude > 0x7F800000) return static_cast<uint16_t>(sign | 0x7E00);
  if (magnitude >= 0x477FF000) return static_cast<uint16_t>(sign | 0x7C00);  // from 65520 on
  if (magnitude < 0x38800000) {  // below 2^-14: adding 0.5, whose unit in the last place is 2^-24,
                                 // does the rounding
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(shifted) - 0x3F000000));
  }
  const uint32_t odd = magnitude >> 13 & 1;
  return static_cast<uint16_t>(sign | (magnitude - (112u << 23) + 0xFFF + odd) >> 13);
}

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_FLOAT_BITS_H_
