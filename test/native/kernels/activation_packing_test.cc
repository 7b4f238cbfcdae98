// Packed activations, seen through what they are for: products with a quantized matrix.
#include <algorithm>
#include <cmath>
#include <limits>

#include "isa_fixture.h"
#include "test_data.h"

namespace bamboo {
namespace {

// One Q8_0 row of `cols` weights that picks out element `index` exactly: weight 1 there, 0
// elsewhere.
std::vector<uint8_t> picking_row(int64_t cols, int64_t index) {
  std::vector<uint8_t> bytes(static_cast<size_t>(row_bytes(DType::kQ8_0, cols)));
  uint8_t* block = bytes.data() + index / 32 * 34;
  block[1] = 0x3c;  // f16 1.0
  block[2 + index % 32] = 1;
  return bytes;
}

class ActivationPacking : public IsaTest {
 protected:
  float pick(const std::vector<float>& x, int64_t index) const {
    const auto cols = static_cast<int64_t>(x.size());
    const std::vector<uint8_t> row = picking_row(cols, index);
    const MatrixView w = {DType::kQ8_0, row.data(), 1, cols};
    const Activations packed(table(), DType::kQ8_0, x, 1, cols);
    float out = -1;
    table().matmul(w, 0, 1, packed.view(0, 1), &out, 1);
    return out;
  }
};

TEST_P(ActivationPacking, SizesAreWholeCacheLines) {
  for (const int64_t cols : {32, 64, 96, 640, 4096}) {
    const size_t bytes = table().packed_activation_bytes(cols);
    EXPECT_EQ(bytes % 64, 0u);
    EXPECT_GE(bytes, static_cast<size_t>(2 * cols));
  }
}

TEST_P(ActivationPacking, EachElementIsKeptToHalfAStepOf15Bits) {
  for (const int64_t cols : {32, 64, 96, 160}) {
    TestData data(static_cast<uint32_t>(cols));
    const std::vector<float> x = data.floats(cols);
    float largest = 0;
    for (const float value : x) largest = std::max(largest, std::fabs(value));
    // Half a quantization step, and 4 roundings (reciprocal, two products, scale) of up to the
    // largest value.
    const double tolerance = largest / 16256 * 0.5 + largest * 4 * 0x1p-24;
    for (int64_t i = 0; i < cols; ++i) {
      EXPECT_NEAR(pick(x, i), x[static_cast<size_t>(i)], tolerance) << i << " of " << cols;
    }
  }
}

TEST_P(ActivationPacking, TheLargestMagnitudeIsExactOnBothSides) {
  std::vector<float> x(64);
  x[3] = 12.7f;
  x[40] = -12.7f;
  EXPECT_NEAR(pick(x, 3), 12.7, 12.7 * 0x1p-22);
  EXPECT_NEAR(pick(x, 40), -12.7, 12.7 * 0x1p-22);
  EXPECT_EQ(pick(x, 5), 0.0f);
}

TEST_P(ActivationPacking, AZeroVectorGivesZero) {
  EXPECT_EQ(pick(std::vector<float>(96), 95), 0.0f);
  EXPECT_EQ(pick(std::vector<float>(96, -0.0f), 0), 0.0f);
}

TEST_P(ActivationPacking, VectorsTooSmallToScaleCountAsZero) {
  std::vector<float> x(64, 1e-38f);
  EXPECT_EQ(pick(x, 0), 0.0f);
  x[1] = 1e-44f;
  EXPECT_EQ(pick(x, 1), 0.0f);
}

TEST_P(ActivationPacking, HugeVectorsStayFinite) {
  const std::vector<float> x(64, -3e38f);
  EXPECT_NEAR(pick(x, 9) / -3e38f, 1.0, 1e-4);
}

TEST_P(ActivationPacking, InfinityAndNaNAreNotHidden) {
  for (const float bad : {std::numeric_limits<float>::infinity(), NAN}) {
    for (const size_t where : {size_t{0}, size_t{17}, size_t{95}}) {
      std::vector<float> x(96, 1.0f);
      x[where] = bad;
      EXPECT_TRUE(std::isnan(pick(x, 50)));
    }
  }
}

TEST_P(ActivationPacking, VectorsArePackedIndependently) {
  constexpr int64_t kCols = 96;
  TestData data;
  const std::vector<float> x = data.floats(3 * kCols);
  const Packed all(table(), x, 3, kCols);
  const size_t bytes = table().packed_activation_bytes(kCols);
  for (size_t t = 0; t < 3; ++t) {
    const std::vector<float> one(x.begin() + static_cast<long>(t * kCols),
                                 x.begin() + static_cast<long>((t + 1) * kCols));
    const Packed single(table(), one, 1, kCols);
    EXPECT_TRUE(std::equal(single.data, single.data + bytes, all.data + t * bytes));
  }
}

BAMBOO_FOR_EACH_ISA(ActivationPacking);

}  // namespace
}  // namespace bamboo
