#include "test_data.h"

#include <cstring>

#include "kernels/reference/reference.h"

namespace bamboo {
namespace {

void put_u16(uint8_t* p, uint16_t value) {
  p[0] = static_cast<uint8_t>(value);
  p[1] = static_cast<uint8_t>(value >> 8);
}

}  // namespace

std::vector<float> TestData::floats(int64_t n, float deviation) {
  std::normal_distribution<float> normal(0.0f, deviation);
  std::vector<float> values(static_cast<size_t>(n));
  for (float& value : values) value = normal(random_);
  return values;
}

TestData::Matrix TestData::matrix(DType dtype, int64_t rows, int64_t cols, size_t misalignment) {
  Matrix matrix;
  const int64_t bytes = rows * row_bytes(dtype, cols);
  matrix.bytes.resize(static_cast<size_t>(bytes) + misalignment);
  uint8_t* data = matrix.bytes.data() + misalignment;
  matrix.view = {dtype, data, rows, cols};
  if (!is_quantized(dtype)) {
    const std::vector<float> values = floats(rows * cols);
    for (size_t i = 0; i < values.size(); ++i) {
      uint32_t bits;
      std::memcpy(&bits, &values[i], sizeof(bits));
      if (dtype == DType::kF32) std::memcpy(data + 4 * i, &bits, 4);
      if (dtype == DType::kF16) put_u16(data + 2 * i, reference::double_to_half(values[i]));
      if (dtype == DType::kBF16) put_u16(data + 2 * i, static_cast<uint16_t>(bits >> 16));
    }
    return matrix;
  }
  std::uniform_int_distribution<int> byte(0, 255);
  for (int64_t i = 0; i < bytes; ++i) data[i] = static_cast<uint8_t>(byte(random_));
  const DTypeTraits& type = traits(dtype);
  const double largest_quant[kDTypeCount] = {0, 0, 0, 128, 16, 8, 4096};
  std::uniform_real_distribution<double> scale(0.25, 2.0);
  for (int64_t i = 0; i < bytes; i += type.block_bytes) {
    const double sign = byte(random_) < 128 ? -1 : 1;
    const double d = sign * scale(random_) / largest_quant[static_cast<int>(dtype)];
    put_u16(data + i + (dtype == DType::kQ6_K ? 208 : 0), reference::double_to_half(d));
  }
  return matrix;
}

Packed::Packed(const KernelTable& table, const std::vector<float>& x, int64_t n, int64_t cols)
    : storage(table.packed_activation_bytes(cols) * static_cast<size_t>(n) + 64) {
  const auto address = reinterpret_cast<uintptr_t>(storage.data());
  data = storage.data() + (64 - address % 64) % 64;
  table.pack_activations(x.data(), n, cols, data);
}

Activations::Activations(const KernelTable& kernel_table, DType dtype, const std::vector<float>& x,
                         int64_t n, int64_t n_cols)
    : table(kernel_table), is_packed(is_quantized(dtype)), cols(n_cols), values(x) {
  if (is_packed) packed = std::make_unique<Packed>(table, x, n, n_cols);
}

ActivationView Activations::view(int64_t first, int64_t n) const {
  if (!is_packed) return {values.data() + first * cols, nullptr, n};
  return {nullptr, packed->data + static_cast<size_t>(first) * table.packed_activation_bytes(cols),
          n};
}

}  // namespace bamboo
