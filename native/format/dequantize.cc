// Blocks to floats for every dtype. Each value is one product of exactly represented factors, so it
// is rounded once.
#include <cstring>
#include <string>

#include "bamboo/error.h"
#include "format/float_bits.h"
#include "format/quantize.h"

namespace bamboo {
namespace {

uint16_t load_u16(const uint8_t* bytes) {
  uint16_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

void dequantize_q8_0(const uint8_t* block, float* out) {
  const float d = float_from_f16(load_u16(block));
  for (int i = 0; i < 32; ++i) out[i] = d * static_cast<float>(static_cast<int8_t>(block[2 + i]));
}

void dequantize_q4_0(const uint8_t* block, float* out) {
  const float d = float_from_f16(load_u16(block));
  for (int i = 0; i < 16; ++i) {
    out[i] = d * static_cast<float>((block[2 + i] & 15) - 8);
    out[i + 16] = d * static_cast<float>((block[2 + i] >> 4) - 8);
  }
}

void dequantize_q5_0(const uint8_t* block, float* out) {
  const float d = float_from_f16(load_u16(block));
  uint32_t high;
  std::memcpy(&high, block + 2, sizeof high);
  for (int i = 0; i < 16; ++i) {
    const uint32_t nibbles = block[6 + i];
    const uint32_t first = (nibbles & 15) | (high >> i & 1) << 4;
    const uint32_t second = nibbles >> 4 | (high >> (i + 16) & 1) << 4;
    out[i] = d * static_cast<float>(static_cast<int>(first) - 16);
    out[i + 16] = d * static_cast<float>(static_cast<int>(second) - 16);
  }
}

// Two halves of 128 elements; in each, four groups of 32 share 32 bytes of high bits, two bits a
// group.
void dequantize_q6_k(const uint8_t* block, float* out) {
  const float d = float_from_f16(load_u16(block + 208));
  for (int half = 0; half < 2; ++half) {
    const uint8_t* low = block + 64 * half;
    const uint8_t* high = block + 128 + 32 * half;
    const uint8_t* scales = block + 192 + 8 * half;
    for (int group = 0; group < 4; ++group) {
      for (int i = 0; i < 32; ++i) {
        const int low_bits = low[i + 32 * (group & 1)] >> (group < 2 ? 0 : 4) & 15;
        const int high_bits = high[i] >> (2 * group) & 3;
        const int scale = static_cast<int8_t>(scales[2 * group + i / 16]);
        out[128 * half + 32 * group + i] =
            d * static_cast<float>(scale * ((low_bits | high_bits << 4) - 32));
      }
    }
  }
}

}  // namespace

void dequantize_row(DType dtype, const uint8_t* row, int64_t cols, float* out) {
  const DTypeTraits& type = traits(dtype);
  if (cols < 0 || cols % type.block_elements != 0) {
    throw Error(ErrorCode::kInvalidArgument, "a row of " + std::to_string(cols) +
                                                 " elements is not a multiple of a " + type.name +
                                                 " block");
  }
  for (int64_t c = 0; c < cols;
       c += type.block_elements, row += type.block_bytes, out += type.block_elements) {
    switch (dtype) {
      case DType::kF32:
        std::memcpy(out, row, sizeof(float));
        break;
      case DType::kF16:
        *out = float_from_f16(load_u16(row));
        break;
      case DType::kBF16:
        *out = float_from_bf16(load_u16(row));
        break;
      case DType::kQ8_0:
        dequantize_q8_0(row, out);
        break;
      case DType::kQ5_0:
        dequantize_q5_0(row, out);
        break;
      case DType::kQ4_0:
        dequantize_q4_0(row, out);
        break;
      case DType::kQ6_K:
        dequantize_q6_k(row, out);
        break;
    }
  }
}

}  // namespace bamboo
