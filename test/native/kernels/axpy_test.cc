// dequantize_row, axpy_rows and axpy_range: exact values, and the same bits on every path.
#include <cmath>

#include "isa_fixture.h"
#include "kernels/reference/reference.h"
#include "test_data.h"

namespace bamboo {
namespace {

// Columns below, at and above every vector and tile width.
std::vector<int64_t> columns_for(DType dtype) {
  if (dtype == DType::kQ6_K) return {256, 768};
  if (is_quantized(dtype)) return {32, 64, 96, 128, 160, 352, 640};
  return {1, 3, 8, 15, 31, 32, 33, 47, 128, 129, 200, 352, 641};
}

class Axpy : public IsaTest {
 protected:
  std::vector<float> dequantized(const MatrixView& w, int64_t row) const {
    std::vector<float> out(static_cast<size_t>(w.cols) + 1, -7.0f);
    table().dequantize_row(w, row, out.data());
    EXPECT_EQ(out.back(), -7.0f) << "wrote past the row";
    out.pop_back();
    return out;
  }
  // The contract's formula, with this instruction set's kind of fma.
  void add_row(const MatrixView& w, int64_t row, float coefficient, float* y) const {
    const bool has_fma = GetParam() != "portable";
    const std::vector<float> values = dequantized(w, row);
    for (size_t c = 0; c < values.size(); ++c) {
      if (has_fma) {
        y[c] = std::fma(coefficient, values[c], y[c]);
      } else {
        const float product = coefficient * values[c];
        y[c] = y[c] + product;
      }
    }
  }
};

TEST_P(Axpy, DequantizedValuesAreExactlyRounded) {
  for (const DType dtype : kAllDTypes) {
    for (const int64_t cols : columns_for(dtype)) {
      TestData data(static_cast<uint32_t>(cols));
      const TestData::Matrix w = data.matrix(dtype, 3, cols, 1);
      for (int64_t r = 0; r < 3; ++r) {
        const std::vector<double> expected = reference::dequantize_row(w.view, r);
        const std::vector<float> actual = dequantized(w.view, r);
        for (size_t c = 0; c < expected.size(); ++c) {
          ASSERT_EQ(actual[c], static_cast<float>(expected[c]))
              << traits(dtype).name << " row " << r << " column " << c << " of " << cols;
        }
      }
    }
  }
}

TEST_P(Axpy, RowsAreAddedInOrderWithOneFmaEach) {
  for (const DType dtype : kAllDTypes) {
    for (const int64_t cols : columns_for(dtype)) {
      TestData data(static_cast<uint32_t>(cols));
      const TestData::Matrix w = data.matrix(dtype, 12, cols, 3);
      const std::vector<int32_t> rows = {7, 0, 11, 3, 3, 1, 10};
      const std::vector<float> coefficients = data.floats(static_cast<int64_t>(rows.size()));
      for (size_t count = 0; count <= rows.size(); ++count) {
        std::vector<float> y = data.floats(cols + 1);
        std::vector<float> expected = y;
        for (size_t i = 0; i < count; ++i) {
          add_row(w.view, rows[i], coefficients[i], expected.data());
        }
        table().axpy_rows(w.view, rows.data(), coefficients.data(), static_cast<int64_t>(count),
                          y.data());
        ASSERT_EQ(y, expected) << traits(dtype).name << " " << cols << " columns, " << count;
      }
    }
  }
}

TEST_P(Axpy, AZeroCoefficientInTheListChangesNothing) {
  TestData data;
  const TestData::Matrix w = data.matrix(DType::kQ4_0, 4, 96);
  std::vector<float> y = data.floats(96);
  const std::vector<float> before = y;
  const int32_t rows[] = {0, 1, 2};
  const float zeros[] = {0.0f, 0.0f, 0.0f};
  table().axpy_rows(w.view, rows, zeros, 3, y.data());
  EXPECT_EQ(y, before);
}

// Coefficients as ReLU leaves them: mostly zeros, some of them negative zeros.
std::vector<float> sparse(TestData& data, int64_t n) {
  std::vector<float> values = data.floats(n);
  std::uniform_int_distribution<int> percent(0, 99);
  for (float& value : values) {
    const int draw = percent(data.random());
    if (draw < 60) value = 0.0f;
    if (draw < 5) value = -0.0f;
  }
  return values;
}

TEST_P(Axpy, RangesHaveTheBitsOfTheListsOfTheirNonzeroRows) {
  for (const DType dtype : kAllDTypes) {
    for (const int64_t cols : columns_for(dtype)) {
      for (const int64_t n : {1, 2, 5}) {
        constexpr int64_t kRows = 150;
        constexpr int64_t kBegin = 3;
        constexpr int64_t kEnd = 147;
        const int64_t y_stride = cols + 2;
        TestData data(static_cast<uint32_t>(cols + n));
        const TestData::Matrix w = data.matrix(dtype, kRows, cols, 1);
        const std::vector<float> coefficients = sparse(data, n * (kRows + 1));
        const std::vector<float> start = data.floats(n * y_stride);
        std::vector<float> expected = start;
        for (int64_t t = 0; t < n; ++t) {
          std::vector<int32_t> rows;
          std::vector<float> values;
          for (int64_t r = kBegin; r < kEnd; ++r) {
            const float c = coefficients[static_cast<size_t>(t * (kRows + 1) + r)];
            if (c == 0.0f) continue;
            rows.push_back(static_cast<int32_t>(r));
            values.push_back(c);
          }
          table().axpy_rows(w.view, rows.data(), values.data(), static_cast<int64_t>(rows.size()),
                            expected.data() + t * y_stride);
        }
        std::vector<float> whole = start;
        table().axpy_range(w.view, kBegin, kEnd, coefficients.data(), kRows + 1, n, whole.data(),
                           y_stride);
        ASSERT_EQ(whole, expected) << traits(dtype).name << " " << cols << " columns";
        std::vector<float> split = start;
        const int64_t cuts[] = {kBegin, 4, 4, 70, 145, kEnd};
        for (size_t i = 0; i + 1 < std::size(cuts); ++i) {
          table().axpy_range(w.view, cuts[i], cuts[i + 1], coefficients.data(), kRows + 1, n,
                             split.data(), y_stride);
        }
        ASSERT_EQ(split, expected) << traits(dtype).name << " " << cols << " columns, split";
      }
    }
  }
}

TEST_P(Axpy, ManyVectorsAtOnceHaveTheBitsOfEachAlone) {
  constexpr int64_t kRows = 70;
  constexpr int64_t kCols = 96;
  constexpr int64_t kVectors = 300;  // more than one group
  TestData data;
  const TestData::Matrix w = data.matrix(DType::kQ8_0, kRows, kCols);
  const std::vector<float> coefficients = sparse(data, kVectors * kRows);
  std::vector<float> together(static_cast<size_t>(kVectors * kCols));
  std::vector<float> alone = together;
  table().axpy_range(w.view, 0, kRows, coefficients.data(), kRows, kVectors, together.data(),
                     kCols);
  for (int64_t t = 0; t < kVectors; ++t) {
    table().axpy_range(w.view, 0, kRows, coefficients.data() + t * kRows, kRows, 1,
                       alone.data() + t * kCols, kCols);
  }
  EXPECT_EQ(together, alone);
}

TEST_P(Axpy, ARowThatIsSkippedMayHoldNaN) {
  // Row 1 is all NaN, and only vector 0 uses it.
  TestData data;
  TestData::Matrix w = data.matrix(DType::kF32, 3, 40);
  for (size_t i = 40 * 4; i < 80 * 4; ++i) w.bytes[i] = 0xff;
  const std::vector<float> coefficients = {1, 1, 1, 1, 0, 1};
  std::vector<float> y(80);
  table().axpy_range(w.view, 0, 3, coefficients.data(), 3, 2, y.data(), 40);
  for (size_t c = 0; c < 40; ++c) {
    EXPECT_TRUE(std::isnan(y[c]));
    EXPECT_FALSE(std::isnan(y[40 + c]));
  }
}

BAMBOO_FOR_EACH_ISA(Axpy);

}  // namespace
}  // namespace bamboo
