// Puts every input right before an unreadable page: a kernel that reads one byte past an array
// crashes here.
#include "guarded_memory.h"
#include "isa_fixture.h"
#include "test_data.h"

namespace bamboo {
namespace {

class MemoryBounds : public IsaTest {};

TEST_P(MemoryBounds, MatricesAreReadToTheirLastByteAndNoFurther) {
  for (const DType dtype : kAllDTypes) {
    const std::vector<int64_t> all_cols =
        is_quantized(dtype) ? (dtype == DType::kQ6_K ? std::vector<int64_t>{256, 512}
                                                     : std::vector<int64_t>{32, 64, 96, 1056})
                            : std::vector<int64_t>{1, 5, 15, 16, 31, 33, 47, 129};
    for (const int64_t cols : all_cols) {
      for (const int64_t n : {1, 2, 4, 9}) {
        for (const bool at_front : {false, true}) {
          constexpr int64_t kRows = 5;
          TestData data;
          const TestData::Matrix source = data.matrix(dtype, kRows, cols);
          Guarded memory(source.bytes.size(), at_front);
          const MatrixView w = {dtype, memory.fill(source.bytes.data()), kRows, cols};
          std::vector<std::unique_ptr<Guarded>> keep;
          const std::vector<float> values = data.floats(n * cols);
          const Activations packed(table(), dtype, values, n, cols);
          ActivationView x = packed.view(0, n);
          if (!is_quantized(dtype)) x.values = guarded(keep, values);
          float* out = guarded(keep, std::vector<float>(static_cast<size_t>(n * kRows)));
          table().matmul(w, 0, kRows, x, out, kRows);
          const float* gate = guarded(keep, data.floats(n * kRows));
          table().matmul_where_positive(w, 0, kRows, x, gate, out, kRows);
          const int32_t rows[] = {4, 0, 3};
          const ActivationView first = {x.values, x.packed, 1};
          table().gather_dot(w, rows, 3, first, guarded(keep, {0, 0, 0}));
          float* y = guarded(keep, values);
          const float* coefficients = guarded(keep, data.floats(n * kRows));
          table().axpy_rows(w, rows, coefficients, 3, y);
          table().axpy_range(w, 0, kRows, coefficients, kRows, n, y, cols);
          table().dequantize_row(w, kRows - 1,
                                 guarded(keep, std::vector<float>(static_cast<size_t>(cols))));
        }
      }
    }
  }
}

TEST_P(MemoryBounds, PackingStaysInsideItsArrays) {
  for (const int64_t cols : {32, 64, 96, 352}) {
    std::vector<std::unique_ptr<Guarded>> keep;
    TestData data;
    const float* x = guarded(keep, data.floats(2 * cols));
    const size_t bytes = 2 * table().packed_activation_bytes(cols);
    const std::vector<uint8_t> zeros(bytes);
    Guarded packed(bytes);
    table().pack_activations(x, 2, cols, packed.fill(zeros.data()));
  }
}

TEST_P(MemoryBounds, FloatArraysAreReadAndWrittenToTheirEndsOnly) {
  for (const int64_t n : {1, 7, 8, 15, 16, 17, 33}) {
    std::vector<std::unique_ptr<Guarded>> keep;
    TestData data;
    float* a = guarded(keep, data.floats(n));
    float* b = guarded(keep, data.floats(n));
    float* out = guarded(keep, data.floats(n));
    table().relu_relu_product(a, b, n, out);
    table().relu_product(a, b, n, out);
    table().silu_product(a, b, n, out);
    table().add(a, n, out);
    table().rms_norm(a, b, n, 1e-5f, out);
    table().log_sum_exp(a, n);
    float* heads = guarded(keep, data.floats(2 * 2 * n));
    table().rope(heads, 2, 2 * n, 2 * n, a, b, RopeLayout::kHalves);
    table().rope(heads, 2, 2 * n, 2 * n, a, b, RopeLayout::kAdjacentPairs);
  }
}

TEST_P(MemoryBounds, AttentionStaysInsideTheCache) {
  for (const int64_t head_dim : {16, 64, 80}) {
    for (const int64_t n_positions : {1, 16, 21}) {
      const int64_t padded = (n_positions + 15) / 16 * 16;
      std::vector<std::unique_ptr<Guarded>> keep;
      TestData data;
      const std::vector<uint16_t> zeros(static_cast<size_t>(padded * head_dim));
      Guarded key_memory(static_cast<size_t>(padded * head_dim) * 2);
      Guarded value_memory(static_cast<size_t>(n_positions * head_dim) * 2);
      uint16_t* keys = key_memory.fill(zeros.data());
      uint16_t* values = value_memory.fill(zeros.data());
      const float* row = guarded(keep, data.floats(head_dim));
      table().store_key(row, head_dim, n_positions - 1, keys);
      table().store_value(row, head_dim, n_positions - 1, values);
      const float* q = guarded(keep, data.floats(5 * head_dim));
      float* out = guarded(keep, data.floats(5 * head_dim));
      float* scratch = guarded(keep, data.floats(5 * padded));
      table().attend({keys, values}, q, 5, head_dim, head_dim, n_positions, 0.1f, out, scratch);
    }
  }
}

TEST_P(MemoryBounds, AttentionStaysInsideAnInt8Cache) {
  for (const int64_t head_dim : {16, 64, 80}) {
    for (const int64_t n_positions : {1, 16, 21}) {
      const auto padded = static_cast<size_t>((n_positions + 15) / 16 * 16);
      std::vector<std::unique_ptr<Guarded>> keep;
      TestData data;
      const std::vector<int8_t> zeros(padded * static_cast<size_t>(head_dim));
      Guarded key_memory(padded * static_cast<size_t>(head_dim));
      Guarded value_memory(static_cast<size_t>(n_positions * head_dim));
      int8_t* keys = key_memory.fill(zeros.data());
      int8_t* values = value_memory.fill(zeros.data());
      float* key_scales = guarded(keep, std::vector<float>(padded));
      float* value_scales = guarded(keep, std::vector<float>(padded));
      const float* row = guarded(keep, data.floats(head_dim));
      table().store_quantized_key(row, head_dim, n_positions - 1, keys, key_scales);
      table().store_quantized_value(row, head_dim, n_positions - 1, values, value_scales);
      const float* q = guarded(keep, data.floats(5 * head_dim));
      float* out = guarded(keep, data.floats(5 * head_dim));
      float* scratch = guarded(keep, data.floats(static_cast<int64_t>(5 * padded)));
      table().attend_quantized({keys, values, key_scales, value_scales}, q, 5, head_dim, head_dim,
                               n_positions, 0.1f, out, scratch);
    }
  }
}

BAMBOO_FOR_EACH_ISA(MemoryBounds);

}  // namespace
}  // namespace bamboo
