// Prefill's own matrix products against double precision, and their bit-identity however vectors
// and outputs are split. On tiles where the CPU has them, and always on emulated ones.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "guarded_memory.h"
#include "isa_fixture.h"
#include "kernels/reference/reference.h"
#include "test_data.h"

namespace bamboo {
namespace {

bool is_available(const std::string& isa) {
  const std::vector<std::string> names = available_isas();
  return std::find(names.begin(), names.end(), isa) != names.end();
}

struct AlignedBytes {
  explicit AlignedBytes(size_t bytes) : storage(bytes + 64) {
    data = storage.data() + (64 - reinterpret_cast<uintptr_t>(storage.data()) % 64) % 64;
  }
  std::vector<uint8_t> storage;
  uint8_t* data;
};

// n vectors, packed together.
struct PackedVectors {
  PackedVectors(const PrefillKernels& kernels, const std::vector<float>& x, int64_t count,
                int64_t cols)
      : n(count), bytes(kernels.packed_bytes(cols)), packed(bytes * static_cast<size_t>(count)) {
    kernels.pack(x.data(), count, cols, packed.data);
  }
  ActivationView view(int64_t first, int64_t count) const {
    return {nullptr, packed.data + static_cast<size_t>(first) * bytes, count};
  }
  ActivationView all() const { return view(0, n); }

  int64_t n;
  size_t bytes;
  AlignedBytes packed;
};

class Prefill : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!is_available(GetParam())) GTEST_SKIP() << "this CPU cannot run " << GetParam();
  }
  const PrefillKernels& kernels() const { return *kernels_for(GetParam()).prefill; }

  // out[t][r] for rows [begin, end) of w, at their place in [x.n, stride] floats of -7.
  std::vector<float> multiply(const MatrixView& w, const ActivationView& x, int64_t begin,
                              int64_t end, int64_t stride) const {
    AlignedBytes scratch(kernels().scratch_bytes());
    std::vector<float> out(static_cast<size_t>(x.n * stride), -7.0f);
    kernels().matmul(w, begin, end, x, out.data(), stride, scratch.data);
    return out;
  }
  std::vector<float> multiply(const MatrixView& w, const ActivationView& x) const {
    return multiply(w, x, 0, w.rows, w.rows);
  }
  // The same for weighted_rows and columns.
  std::vector<float> add_rows(const MatrixView& w, const ActivationView& x, int64_t begin,
                              int64_t end, int64_t stride) const {
    AlignedBytes scratch(kernels().scratch_bytes());
    std::vector<float> out(static_cast<size_t>(x.n * stride), -7.0f);
    kernels().weighted_rows(w, begin, end, x, out.data(), stride, scratch.data);
    return out;
  }
  std::vector<float> add_rows(const MatrixView& w, const ActivationView& x) const {
    return add_rows(w, x, 0, w.cols, w.cols);
  }
};

struct Shape {
  int64_t rows;
  int64_t cols;
  int64_t n;
};

// Tiles, strips, panels and stretches of inputs that end early, and several of each.
std::vector<Shape> shapes_for(DType dtype) {
  if (dtype == DType::kQ6_K) return {{1, 256, 1}, {13, 768, 7}, {70, 1280, 33}};
  if (is_quantized(dtype)) {
    return {{1, 32, 1}, {3, 64, 2}, {33, 96, 17}, {300, 352, 40}, {17, 1312, 6}, {9, 64, 290}};
  }
  return {{1, 1, 1}, {2, 3, 2}, {33, 7, 17}, {40, 33, 16}, {300, 97, 33}, {7, 1299, 5}};
}

// Half a unit in the last of bf16's 8 bits for each factor, and a rounding of the float sum for
// each of its terms.
double tolerance(int64_t terms, double magnitude) {
  return magnitude * (2 * 0x1p-8 + 0x1p-16 + static_cast<double>(terms + 4) * 0x1p-23);
}

TEST_P(Prefill, MatmulMatchesDoublePrecisionForEveryTypeAndShape) {
  for (const DType dtype : kAllDTypes) {
    for (const Shape& shape : shapes_for(dtype)) {
      TestData data(static_cast<uint32_t>(shape.cols + shape.n));
      const TestData::Matrix w = data.matrix(dtype, shape.rows, shape.cols, 1);
      const std::vector<float> x = data.floats(shape.n * shape.cols);
      const PackedVectors packed(kernels(), x, shape.n, shape.cols);
      const std::vector<float> out = multiply(w.view, packed.all());
      for (int64_t t = 0; t < shape.n; ++t) {
        for (int64_t r = 0; r < shape.rows; ++r) {
          const reference::Dot expected = reference::dot(w.view, r, x.data() + t * shape.cols);
          ASSERT_NEAR(out[static_cast<size_t>(t * shape.rows + r)], expected.value,
                      tolerance(shape.cols, expected.magnitude))
              << traits(dtype).name << " row " << r << " of " << shape.rows << ", vector " << t
              << " of " << shape.n << ", " << shape.cols << " columns";
        }
      }
    }
  }
}

TEST_P(Prefill, WeightedRowsMatchDoublePrecisionForEveryTypeAndShape) {
  for (const DType dtype : kAllDTypes) {
    for (const Shape& shape : shapes_for(dtype)) {
      TestData data(static_cast<uint32_t>(shape.cols + shape.n));
      const TestData::Matrix w = data.matrix(dtype, shape.rows, shape.cols, 1);
      const std::vector<float> x = data.floats(shape.n * shape.rows);
      const PackedVectors packed(kernels(), x, shape.n, shape.rows);
      const std::vector<float> out = add_rows(w.view, packed.all());
      std::vector<double> expected(static_cast<size_t>(shape.n * shape.cols));
      std::vector<double> magnitude(expected.size());
      for (int64_t r = 0; r < shape.rows; ++r) {
        const std::vector<double> row = reference::dequantize_row(w.view, r);
        for (size_t i = 0; i < expected.size(); ++i) {
          const size_t t = i / row.size();
          const double term =
              static_cast<double>(x[t * static_cast<size_t>(shape.rows) + static_cast<size_t>(r)]) *
              row[i % row.size()];
          expected[i] += term;
          magnitude[i] += std::fabs(term);
        }
      }
      for (size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(out[i], expected[i], tolerance(shape.rows, magnitude[i]))
            << traits(dtype).name << " element " << i << " of " << shape.n << " x " << shape.cols
            << " from " << shape.rows << " rows";
      }
    }
  }
}

TEST_P(Prefill, TypicalErrorIsThatOfTwoRoundingsToBf16) {
  // A rounding is off by at most 2^-8 of the value and by 2^-8 / sqrt(3) in the mean where the
  // value is at the lower end of its power of two, by half of that at the upper one; two of them,
  // taken as independent, lie between 0.16 % and 0.32 %.
  TestData data;
  const TestData::Matrix w = data.matrix(DType::kQ4_0, 64, 4096);
  const std::vector<float> x = data.floats(8 * 4096);
  const PackedVectors packed(kernels(), x, 8, 4096);
  const std::vector<float> out = multiply(w.view, packed.all());
  double errors = 0;
  double squares = 0;
  for (int64_t t = 0; t < 8; ++t) {
    for (int64_t r = 0; r < 64; ++r) {
      const double expected = reference::dot(w.view, r, x.data() + t * 4096).value;
      const double error = static_cast<double>(out[static_cast<size_t>(t * 64 + r)]) - expected;
      errors += error * error;
      squares += expected * expected;
    }
  }
  const double relative = std::sqrt(errors / squares);
  RecordProperty("relative_error", std::to_string(relative));
  EXPECT_LT(relative, 0.0032);
}

TEST_P(Prefill, AVectorGivesTheSameBitsInAnyChunk) {
  constexpr int64_t kMost = 70;
  for (const DType dtype : kAllDTypes) {
    constexpr int64_t kRows = 37;
    constexpr int64_t kCols = 768;
    TestData data;
    const TestData::Matrix w = data.matrix(dtype, kRows, kCols);
    const PackedVectors across(kernels(), data.floats(kMost * kCols), kMost, kCols);
    const PackedVectors along(kernels(), data.floats(kMost * kRows), kMost, kRows);
    const std::vector<float> products = multiply(w.view, across.all());
    const std::vector<float> sums = add_rows(w.view, along.all());
    for (const int64_t n : {1, 2, 15, 16, 17, 31, 32, 33, 64}) {
      for (const int64_t first : {int64_t{0}, int64_t{5}, kMost - n}) {
        if (first + n > kMost) continue;
        const std::vector<float> some = multiply(w.view, across.view(first, n));
        EXPECT_TRUE(std::equal(some.begin(), some.end(), products.begin() + first * kRows))
            << traits(dtype).name << ", " << n << " vectors from " << first;
        const std::vector<float> some_sums = add_rows(w.view, along.view(first, n));
        EXPECT_TRUE(std::equal(some_sums.begin(), some_sums.end(), sums.begin() + first * kCols))
            << traits(dtype).name << ", " << n << " vectors from " << first;
      }
    }
  }
}

TEST_P(Prefill, RangesOfOutputsGiveTheSameBitsAndTouchNothingElse) {
  constexpr int64_t kRows = 90;
  constexpr int64_t kCols = 512;
  constexpr int64_t kN = 19;
  for (const DType dtype : kAllDTypes) {
    TestData data;
    const TestData::Matrix w = data.matrix(dtype, kRows, kCols);
    const PackedVectors across(kernels(), data.floats(kN * kCols), kN, kCols);
    const PackedVectors along(kernels(), data.floats(kN * kRows), kN, kRows);
    const std::vector<float> products = multiply(w.view, across.all());
    const std::vector<float> sums = add_rows(w.view, along.all());
    for (const auto& [begin, end] :
         {std::pair<int64_t, int64_t>{0, 0}, {0, 1}, {5, 50}, {17, 90}, {64, 65}}) {
      const std::vector<float> some = multiply(w.view, across.all(), begin, end, kRows + 3);
      for (int64_t t = 0; t < kN; ++t) {
        for (int64_t r = 0; r < kRows + 3; ++r) {
          const bool is_inside = r >= begin && r < end;
          ASSERT_EQ(some[static_cast<size_t>(t * (kRows + 3) + r)],
                    is_inside ? products[static_cast<size_t>(t * kRows + r)] : -7.0f)
              << traits(dtype).name << " row " << r << " vector " << t;
        }
      }
    }
    for (const auto& [begin, end] :
         {std::pair<int64_t, int64_t>{0, 0}, {0, 32}, {64, 512}, {256, 288}}) {
      const std::vector<float> some = add_rows(w.view, along.all(), begin, end, kCols + 3);
      for (int64_t t = 0; t < kN; ++t) {
        for (int64_t c = 0; c < kCols + 3; ++c) {
          const bool is_inside = c >= begin && c < end;
          ASSERT_EQ(some[static_cast<size_t>(t * (kCols + 3) + c)],
                    is_inside ? sums[static_cast<size_t>(t * kCols + c)] : -7.0f)
              << traits(dtype).name << " column " << c << " vector " << t;
        }
      }
    }
  }
}

TEST_P(Prefill, ABrokenVectorStaysBrokenAndLeavesItsNeighboursAlone) {
  constexpr int64_t kCols = 96;
  TestData data;
  const TestData::Matrix w = data.matrix(DType::kQ8_0, 20, kCols);
  std::vector<float> x = data.floats(3 * kCols);
  const std::vector<float> healthy = multiply(w.view, PackedVectors(kernels(), x, 3, kCols).all());
  x[kCols + 40] = std::nanf("");
  const std::vector<float> broken = multiply(w.view, PackedVectors(kernels(), x, 3, kCols).all());
  for (size_t i = 0; i < healthy.size(); ++i) {
    if (i / 20 == 1) {
      EXPECT_TRUE(std::isnan(broken[i])) << i;
    } else {
      EXPECT_EQ(broken[i], healthy[i]) << i;
    }
  }
}

TEST_P(Prefill, NothingOutsideTheArraysIsRead) {
  for (const DType dtype : kAllDTypes) {
    const int64_t cols = dtype == DType::kQ6_K ? 512 : is_quantized(dtype) ? 96 : 45;
    for (const int64_t n : {1, 16, 17, 33}) {
      constexpr int64_t kRows = 21;
      TestData data;
      const TestData::Matrix source = data.matrix(dtype, kRows, cols);
      Guarded memory(source.bytes.size());
      const MatrixView w = {dtype, memory.fill(source.bytes.data()), kRows, cols};
      AlignedBytes scratch(kernels().scratch_bytes());
      std::vector<std::unique_ptr<Guarded>> keep;
      for (const int64_t length : {cols, kRows}) {
        const float* x = guarded(keep, data.floats(n * length));
        const size_t bytes = kernels().packed_bytes(length) * static_cast<size_t>(n);
        const std::vector<uint8_t> zeros(bytes);
        Guarded packed_memory(bytes);
        uint8_t* packed = packed_memory.fill(zeros.data());
        kernels().pack(x, n, length, packed);
        const int64_t outputs = length == cols ? kRows : cols;
        float* out = guarded(keep, std::vector<float>(static_cast<size_t>(n * outputs)));
        const auto call = length == cols ? kernels().matmul : kernels().weighted_rows;
        call(w, 0, outputs, {nullptr, packed, n}, out, outputs, scratch.data);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Isa, Prefill, testing::Values("amx", "amx_emulated"),
                         [](const auto& isa) { return isa.param; });

TEST(PrefillEmulation, GivesTheBitsOfTheTiles) {
  if (!is_available("amx")) GTEST_SKIP() << "this CPU cannot run amx";
  constexpr int64_t kRows = 40;
  constexpr int64_t kCols = 1280;
  constexpr int64_t kN = 35;
  TestData data;
  const TestData::Matrix w = data.matrix(DType::kQ5_0, kRows, kCols);
  const std::vector<float> x = data.floats(kN * kCols);
  std::vector<float> out[2];
  for (const size_t i : {size_t{0}, size_t{1}}) {
    const PrefillKernels& kernels = *kernels_for(i == 0 ? "amx" : "amx_emulated").prefill;
    const PackedVectors packed(kernels, x, kN, kCols);
    AlignedBytes scratch(kernels.scratch_bytes());
    out[i].resize(kN * kRows);
    kernels.matmul(w.view, 0, kRows, packed.all(), out[i].data(), kRows, scratch.data);
  }
  EXPECT_EQ(std::memcmp(out[0].data(), out[1].data(), out[0].size() * sizeof(float)), 0);
}

}  // namespace
}  // namespace bamboo
