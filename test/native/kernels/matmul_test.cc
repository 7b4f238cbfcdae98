// matmul and gather_dot against double precision, and their bit-identity however a call is split.
#include <algorithm>
#include <cmath>

#include "isa_fixture.h"
#include "kernels/reference/reference.h"
#include "test_data.h"

namespace bamboo {
namespace {

struct Shape {
  int64_t rows;
  int64_t cols;
  int64_t n;
};

// Odd numbers of blocks, tails of every kind, and rows long enough to need several parts of a
// panel.
std::vector<Shape> shapes_for(DType dtype) {
  if (dtype == DType::kQ6_K) return {{1, 256, 1}, {13, 256, 7}, {9, 768, 3}, {10, 1280, 70}};
  if (is_quantized(dtype)) {
    return {{1, 32, 1},   {3, 64, 2},   {13, 96, 9},  {5, 352, 4},
            {17, 640, 6}, {9, 1024, 5}, {9, 1056, 8}, {10, 2144, 70}};
  }
  return {{1, 1, 1},   {2, 3, 2},   {13, 7, 9},   {5, 16, 4},   {6, 33, 3},
          {17, 64, 6}, {7, 97, 11}, {9, 1024, 5}, {9, 1025, 7}, {10, 2100, 70}};
}

class Matmul : public IsaTest {
 protected:
  // [n, rows]
  std::vector<float> multiply(const MatrixView& w, const ActivationView& x) const {
    std::vector<float> out(static_cast<size_t>(x.n * w.rows), -7.0f);
    table().matmul(w, 0, w.rows, x, out.data(), w.rows);
    return out;
  }
};

// Rounding errors: a float sum of `cols` terms in any order, with a rounding for the product and
// one for the sum, is off by at most 2 * cols * 2^-24 * sum |terms|. Packing moves each x by half a
// step of max|x| / 16256 and 4 roundings more.
double tolerance(const MatrixView& w, int64_t row, const float* x, double magnitude) {
  double bound = 2 * static_cast<double>(w.cols + 4) * 0x1p-24 * magnitude;
  if (!is_quantized(w.dtype)) return bound;
  double largest = 0;
  for (int64_t c = 0; c < w.cols; ++c)
    largest = std::max(largest, std::fabs(static_cast<double>(x[c])));
  double weights = 0;
  for (const double value : reference::dequantize_row(w, row)) weights += std::fabs(value);
  return bound + weights * largest * (0.5 / 16256 + 4 * 0x1p-24);
}

TEST_P(Matmul, MatchesDoublePrecisionForEveryTypeAndShape) {
  for (const DType dtype : kAllDTypes) {
    for (const Shape& shape : shapes_for(dtype)) {
      for (const size_t misalignment : {0, 1, 7}) {
        TestData data(static_cast<uint32_t>(shape.cols + shape.n));
        const TestData::Matrix w = data.matrix(dtype, shape.rows, shape.cols, misalignment);
        const std::vector<float> x = data.floats(shape.n * shape.cols);
        const Activations activations(table(), dtype, x, shape.n, shape.cols);
        const std::vector<float> out = multiply(w.view, activations.view(0, shape.n));
        for (int64_t t = 0; t < shape.n; ++t) {
          for (int64_t r = 0; r < shape.rows; ++r) {
            const float* vector = x.data() + t * shape.cols;
            const reference::Dot expected = reference::dot(w.view, r, vector);
            ASSERT_NEAR(out[static_cast<size_t>(t * shape.rows + r)], expected.value,
                        tolerance(w.view, r, vector, expected.magnitude))
                << traits(dtype).name << " row " << r << " of " << shape.rows << ", vector " << t
                << " of " << shape.n << ", " << shape.cols << " columns";
          }
        }
      }
    }
  }
}

TEST_P(Matmul, ExtremeWeightsAndActivationsDoNotOverflowTheIntegers) {
  // All quants at the end of their range, all activations at the same largest magnitude.
  for (const DType dtype : {DType::kQ8_0, DType::kQ5_0, DType::kQ4_0, DType::kQ6_K}) {
    constexpr int64_t kCols = 512;
    TestData data;
    TestData::Matrix w = data.matrix(dtype, 1, kCols);
    const int64_t block_bytes = traits(dtype).block_bytes;
    for (size_t i = 0; i < w.bytes.size(); ++i) {
      const auto at = static_cast<int64_t>(i) % block_bytes;
      const bool is_scale = dtype == DType::kQ6_K ? at >= 208 : at < 2;
      const bool is_most_negative_int8 =
          dtype == DType::kQ8_0 || (dtype == DType::kQ6_K && at >= 192);
      if (is_scale) {
        w.bytes[i] = (at & 1) != 0 ? 0x3c : 0x00;  // f16 1.0
      } else {
        w.bytes[i] = is_most_negative_int8 ? 0x80 : 0x00;
      }
    }
    for (const float value : {1.0f, -1.0f}) {
      const std::vector<float> x(static_cast<size_t>(kCols), value);
      const Activations activations(table(), dtype, x, 1, kCols);
      const double expected = reference::dot(w.view, 0, x.data()).value;
      EXPECT_NEAR(multiply(w.view, activations.view(0, 1))[0] / expected, 1.0, 1e-5)
          << traits(dtype).name;
    }
  }
}

TEST_P(Matmul, AVectorGivesTheSameBitsAloneAndAmongOthers) {
  for (const DType dtype : kAllDTypes) {
    for (const Shape& shape : shapes_for(dtype)) {
      TestData data(static_cast<uint32_t>(shape.cols));
      const TestData::Matrix w = data.matrix(dtype, shape.rows, shape.cols, 1);
      const Activations x(table(), dtype, data.floats(shape.n * shape.cols), shape.n, shape.cols);
      const std::vector<float> together = multiply(w.view, x.view(0, shape.n));
      for (int64_t t = 0; t < shape.n; ++t) {
        const std::vector<float> alone = multiply(w.view, x.view(t, 1));
        for (int64_t r = 0; r < shape.rows; ++r) {
          ASSERT_EQ(alone[static_cast<size_t>(r)],
                    together[static_cast<size_t>(t * shape.rows + r)])
              << traits(dtype).name << " row " << r << " vector " << t << " of " << shape.n << ", "
              << shape.cols << " columns";
        }
      }
    }
  }
}

TEST_P(Matmul, EveryNumberOfVectorsGivesTheSameBits) {
  constexpr int64_t kRows = 11;
  constexpr int64_t kMost = 13;
  for (const DType dtype : kAllDTypes) {
    const int64_t cols = 1280;
    TestData data;
    const TestData::Matrix w = data.matrix(dtype, kRows, cols);
    const Activations x(table(), dtype, data.floats(kMost * cols), kMost, cols);
    const std::vector<float> all = multiply(w.view, x.view(0, kMost));
    for (int64_t n = 1; n < kMost; ++n) {
      const std::vector<float> some = multiply(w.view, x.view(0, n));
      EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin())) << traits(dtype).name << n;
    }
  }
}

TEST_P(Matmul, RowRangesGiveTheSameBitsAndTouchNothingElse) {
  for (const DType dtype : kAllDTypes) {
    for (const int64_t n : {1, 2, 3, 5, 8, 9, 16, 17}) {
      constexpr int64_t kRows = 21;
      constexpr int64_t kCols = 256;
      constexpr int64_t kStride = kRows + 3;
      TestData data;
      const TestData::Matrix w = data.matrix(dtype, kRows, kCols);
      const Activations x(table(), dtype, data.floats(n * kCols), n, kCols);
      const std::vector<float> whole = multiply(w.view, x.view(0, n));
      std::vector<float> out(static_cast<size_t>(n * kStride), -7.0f);
      const int64_t cuts[] = {0, 0, 1, 4, 9, 17, 19};
      for (size_t i = 0; i + 1 < std::size(cuts); ++i) {
        table().matmul(w.view, cuts[i], cuts[i + 1], x.view(0, n), out.data(), kStride);
      }
      for (int64_t t = 0; t < n; ++t) {
        for (int64_t r = 0; r < kStride; ++r) {
          const float expected = r < 19 ? whole[static_cast<size_t>(t * kRows + r)] : -7.0f;
          ASSERT_EQ(out[static_cast<size_t>(t * kStride + r)], expected)
              << traits(dtype).name << " row " << r << " vector " << t << " of " << n;
        }
      }
    }
  }
}

TEST_P(Matmul, WherePositiveComputesThosePairsWithTheSameBitsAndClearsTheOthers) {
  for (const DType dtype : kAllDTypes) {
    std::vector<Shape> shapes = shapes_for(dtype);
    shapes.push_back({70, 256, 300});  // more rows and vectors than are listed at once
    for (const Shape& shape : shapes) {
      TestData data(static_cast<uint32_t>(shape.cols));
      const TestData::Matrix w = data.matrix(dtype, shape.rows, shape.cols, 1);
      const Activations x(table(), dtype, data.floats(shape.n * shape.cols), shape.n, shape.cols);
      const std::vector<float> all = multiply(w.view, x.view(0, shape.n));
      const int64_t stride = shape.rows + 3;
      std::vector<float> gate = data.floats(shape.n * stride);
      gate[0] = std::nanf("");
      std::vector<float> out(gate.size(), -7.0f);
      const int64_t cut = shape.rows / 3;
      for (const auto& [begin, end] : {std::pair{int64_t{0}, cut}, {cut, shape.rows}}) {
        table().matmul_where_positive(w.view, begin, end, x.view(0, shape.n), gate.data(),
                                      out.data(), stride);
      }
      for (int64_t t = 0; t < shape.n; ++t) {
        for (int64_t r = 0; r < stride; ++r) {
          const auto at = static_cast<size_t>(t * stride + r);
          const float computed = r < shape.rows ? all[static_cast<size_t>(t * shape.rows + r)] : 0;
          ASSERT_EQ(out[at], r >= shape.rows ? -7.0f
                             : gate[at] > 0  ? computed
                                             : 0.0f)
              << traits(dtype).name << " row " << r << " of " << shape.rows << ", vector " << t
              << " of " << shape.n << ", " << shape.cols << " columns";
        }
      }
    }
  }
}

TEST_P(Matmul, NoVectorsAndNoRowsWriteNothing) {
  TestData data;
  const TestData::Matrix w = data.matrix(DType::kQ4_0, 4, 64);
  const Activations x(table(), DType::kQ4_0, data.floats(64), 1, 64);
  float out = -7.0f;
  table().matmul(w.view, 0, 4, x.view(0, 0), &out, 4);
  table().matmul(w.view, 0, 0, x.view(0, 1), &out, 4);
  table().gather_dot(w.view, nullptr, 0, x.view(0, 1), &out);
  EXPECT_EQ(out, -7.0f);
}

TEST_P(Matmul, GatheredRowsHaveTheBitsOfMatmul) {
  for (const DType dtype : kAllDTypes) {
    for (const Shape& shape : shapes_for(dtype)) {
      TestData data(static_cast<uint32_t>(shape.cols));
      const TestData::Matrix w = data.matrix(dtype, shape.rows, shape.cols, 3);
      const Activations x(table(), dtype, data.floats(shape.cols), 1, shape.cols);
      const std::vector<float> whole = multiply(w.view, x.view(0, 1));
      std::vector<int32_t> rows;  // every other row, backwards, and the first one twice
      for (int64_t r = shape.rows - 1; r >= 0; r -= 2) rows.push_back(static_cast<int32_t>(r));
      rows.push_back(0);
      rows.push_back(0);
      for (size_t count = 0; count <= rows.size(); ++count) {
        std::vector<float> out(rows.size() + 1, -7.0f);
        table().gather_dot(w.view, rows.data(), static_cast<int64_t>(count), x.view(0, 1),
                           out.data());
        for (size_t i = 0; i < count; ++i) {
          ASSERT_EQ(out[i], whole[static_cast<size_t>(rows[i])]) << traits(dtype).name;
        }
        ASSERT_EQ(out[count], -7.0f) << "one row too many";
      }
    }
  }
}

BAMBOO_FOR_EACH_ISA(Matmul);

}  // namespace
}  // namespace bamboo
