// Element types of tensors and their block geometry, as GGUF defines them.
#ifndef BAMBOO_TENSOR_DTYPE_H_
#define BAMBOO_TENSOR_DTYPE_H_

#include <cstddef>
#include <cstdint>

namespace bamboo {

// Block layouts (little endian, packed, no padding):
//   Q8_0  32 elements: f16 d, int8 q[32]                      value = d * q
//   Q4_0  32 elements: f16 d, uint8 n[16]                     value = d * (nibble - 8); low nibbles
//   are elements 0..15 Q5_0  32 elements: f16 d, uint8 high[4], uint8 n[16]      value = d *
//   ((nibble | bit << 4) - 16) Q6_K  256 elements: uint8 low[128], uint8 high[64], int8 scales[16],
//   f16 d
enum class DType : uint8_t { kF32, kF16, kBF16, kQ8_0, kQ5_0, kQ4_0, kQ6_K };
inline constexpr int kDTypeCount = 7;

struct DTypeTraits {
  const char* name;    // "q8_0"
  uint32_t ggml_type;  // the number in a GGUF file
  int32_t block_elements;
  int32_t block_bytes;
};

inline constexpr DTypeTraits kDTypeTraits[kDTypeCount] = {
    {"f32", 0, 1, 4},    {"f16", 1, 1, 2},    {"bf16", 30, 1, 2},     {"q8_0", 8, 32, 34},
    {"q5_0", 6, 32, 22}, {"q4_0", 2, 32, 18}, {"q6_k", 14, 256, 210},
};

constexpr const DTypeTraits& traits(DType dtype) { return kDTypeTraits[static_cast<int>(dtype)]; }
constexpr bool is_quantized(DType dtype) { return traits(dtype).block_elements > 1; }

// Bytes of a row of `cols` elements; cols must be a multiple of the block length.
constexpr int64_t row_bytes(DType dtype, int64_t cols) {
  return cols / traits(dtype).block_elements * traits(dtype).block_bytes;
}

// A read-only matrix in GGUF block layout, row-major, rows contiguous: rows * row_bytes(dtype,
// cols) bytes. `data` may have any alignment. It does not own its memory.
struct MatrixView {
  DType dtype = DType::kF32;
  const uint8_t* data = nullptr;
  int64_t rows = 0;
  int64_t cols = 0;

  int64_t stride() const { return row_bytes(dtype, cols); }
  int64_t bytes() const { return rows * stride(); }
  const uint8_t* row(int64_t r) const { return data + r * stride(); }
};

}  // namespace bamboo

#endif  // BAMBOO_TENSOR_DTYPE_H_
