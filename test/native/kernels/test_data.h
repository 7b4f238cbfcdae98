// Random vectors and matrices for kernel tests, the same on every run, and aligned memory for
// packed activations.
#ifndef BAMBOO_TEST_KERNELS_TEST_DATA_H_
#define BAMBOO_TEST_KERNELS_TEST_DATA_H_

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "kernels/kernel_table.h"

namespace bamboo {

inline constexpr DType kAllDTypes[] = {DType::kF32,  DType::kF16,  DType::kBF16, DType::kQ8_0,
                                       DType::kQ5_0, DType::kQ4_0, DType::kQ6_K};

class TestData {
 public:
  explicit TestData(uint32_t seed = 1) : random_(seed) {}

  // Normally distributed.
  std::vector<float> floats(int64_t n, float deviation = 1.0f);

  // A matrix of any bit patterns the type allows, with finite values of magnitude around 1.
  // Its data starts `misalignment` bytes after an aligned address.
  struct Matrix {
    std::vector<uint8_t> bytes;
    MatrixView view;
  };
  Matrix matrix(DType dtype, int64_t rows, int64_t cols, size_t misalignment = 0);

  std::mt19937& random() { return random_; }

 private:
  std::mt19937 random_;
};

// 64-byte aligned storage for packed activations.
struct Packed {
  Packed(const KernelTable& table, const std::vector<float>& x, int64_t n, int64_t cols);
  std::vector<uint8_t> storage;
  uint8_t* data = nullptr;
};

// x in the form that a matrix of this type wants.
struct Activations {
  Activations(const KernelTable& table, DType dtype, const std::vector<float>& x, int64_t n,
              int64_t cols);
  // Vectors [first, first + n).
  ActivationView view(int64_t first, int64_t n) const;

  const KernelTable& table;
  bool is_packed;
  int64_t cols;
  std::vector<float> values;
  std::unique_ptr<Packed> packed;
};

}  // namespace bamboo

#endif  // BAMBOO_TEST_KERNELS_TEST_DATA_H_
