// Gated activations, add, log_sum_exp, RMSNorm and the rotary embedding against double precision.
#include <cmath>
#include <limits>

#include "isa_fixture.h"
#include "kernels/reference/reference.h"
#include "test_data.h"

namespace bamboo {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr int64_t kLengths[] = {0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 100, 641};

class Elementwise : public IsaTest {
 protected:
  using Product = void (*)(const float*, const float*, int64_t, float*);

  // Checks f against `expected` for every length, into a third array and in place.
  template <class Expected>
  void check(Product f, double relative, const Expected& expected) const {
    for (const int64_t n : kLengths) {
      TestData data(static_cast<uint32_t>(n));
      const std::vector<float> gate = data.floats(n + 1, 4.0f);
      const std::vector<float> up = data.floats(n + 1);
      std::vector<float> out(gate.size(), -7.0f);
      f(gate.data(), up.data(), n, out.data());
      EXPECT_EQ(out[static_cast<size_t>(n)], -7.0f) << "wrote past the end";
      for (size_t i = 0; i < static_cast<size_t>(n); ++i) {
        const double value = expected(gate[i], up[i]);
        ASSERT_NEAR(out[i], value, std::fabs(value) * relative) << gate[i] << " " << up[i];
      }
      std::vector<float> in_place = gate;
      f(in_place.data(), up.data(), n, in_place.data());
      EXPECT_TRUE(std::equal(out.begin(), out.end() - 1, in_place.begin()));
    }
  }
};

TEST_P(Elementwise, ReluReluProductIsExactToOneRounding) {
  check(table().relu_relu_product, 0x1p-24,
        [](double gate, double up) { return reference::relu(gate) * reference::relu(up); });
}

TEST_P(Elementwise, ReluProductIsExactToOneRounding) {
  check(table().relu_product, 0x1p-24,
        [](double gate, double up) { return reference::relu(gate) * up; });
}

// exp to 4e-7 (2e-7 with fma) and four roundings.
TEST_P(Elementwise, SiluProductMatches) {
  check(table().silu_product, 4e-7 + 4 * 0x1p-24,
        [](double gate, double up) { return reference::silu(gate) * up; });
}

TEST_P(Elementwise, ReluKeepsNaN) {
  const std::vector<float> gate(20, NAN);
  const std::vector<float> up(20, 1.0f);
  std::vector<float> out(20);
  table().relu_relu_product(gate.data(), up.data(), 20, out.data());
  for (const float x : out) EXPECT_TRUE(std::isnan(x));
  table().relu_product(gate.data(), up.data(), 20, out.data());
  for (const float x : out) EXPECT_TRUE(std::isnan(x));
}

TEST_P(Elementwise, SiluAtTheEndsOfTheRange) {
  const std::vector<float> gate = {-1000.0f, -89.0f, -88.0f, 0.0f, 88.0f, 1000.0f, kInfinity, NAN};
  const std::vector<float> up(gate.size(), 1.0f);
  std::vector<float> out(gate.size());
  table().silu_product(gate.data(), up.data(), static_cast<int64_t>(gate.size()), out.data());
  EXPECT_EQ(out[0], 0.0f);
  EXPECT_NEAR(out[1], 0.0, 1e-35);
  EXPECT_NEAR(out[2], 0.0, 1e-35);
  EXPECT_EQ(out[3], 0.0f);
  EXPECT_EQ(out[4], 88.0f);
  EXPECT_EQ(out[5], 1000.0f);
  EXPECT_EQ(out[6], kInfinity);
  EXPECT_TRUE(std::isnan(out[7]));
}

// exp itself, seen through silu: exp(-g) = g / silu(g) - 1. Below exp(-g) = 1 the subtraction
// cancels, so only g < 0.
TEST_P(Elementwise, ExpIsAccurateOverItsWholeRange) {
  std::vector<float> gate;
  for (int i = 1; i <= 8700; ++i) gate.push_back(-0.01f * static_cast<float>(i));
  const std::vector<float> up(gate.size(), 1.0f);
  std::vector<float> out(gate.size());
  table().silu_product(gate.data(), up.data(), static_cast<int64_t>(gate.size()), out.data());
  const double exp_error = GetParam() == "portable" ? 4e-7 : 2e-7;
  for (size_t i = 0; i < gate.size(); ++i) {
    const double expected = reference::silu(gate[i]);
    ASSERT_NEAR(out[i] / expected, 1.0, exp_error + 3 * 0x1p-24) << gate[i];
  }
}

TEST_P(Elementwise, AddRoundsOnce) {
  for (const int64_t n : kLengths) {
    TestData data;
    const std::vector<float> x = data.floats(n + 1);
    const std::vector<float> before = data.floats(n + 1);
    std::vector<float> y = before;
    table().add(x.data(), n, y.data());
    for (size_t i = 0; i < static_cast<size_t>(n); ++i) EXPECT_EQ(y[i], before[i] + x[i]);
    EXPECT_EQ(y.back(), before.back());
  }
}

// A sum of n squares in lanes (2 n 2^-24, all terms positive), a root that halves it, and five
// roundings.
TEST_P(Elementwise, RmsNormMatches) {
  for (const int64_t n : kLengths) {
    if (n == 0) continue;
    TestData data(static_cast<uint32_t>(n));
    std::vector<float> x = data.floats(n, 3.0f);
    const std::vector<float> weight = data.floats(n);
    const std::vector<double> expected = reference::rms_norm(x.data(), weight.data(), n, 1e-5f);
    std::vector<float> out(static_cast<size_t>(n) + 1, -7.0f);
    table().rms_norm(x.data(), weight.data(), n, 1e-5f, out.data());
    EXPECT_EQ(out.back(), -7.0f);
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(out[i], expected[i],
                  std::fabs(expected[i]) * static_cast<double>(n + 6) * 0x1p-24);
    }
    table().rms_norm(x.data(), weight.data(), n, 1e-5f, x.data());
    EXPECT_TRUE(std::equal(x.begin(), x.end(), out.begin())) << "in place";
  }
}

TEST_P(Elementwise, RmsNormOfZerosIsZero) {
  const std::vector<float> x(40);
  const std::vector<float> weight(40, 2.0f);
  std::vector<float> out(40, 1.0f);
  table().rms_norm(x.data(), weight.data(), 40, 1e-5f, out.data());
  EXPECT_EQ(out, x);
}

TEST_P(Elementwise, RopeTurnsEachPairInBothLayouts) {
  for (const RopeLayout layout : {RopeLayout::kAdjacentPairs, RopeLayout::kHalves}) {
    for (const int64_t head_dim : {2, 16, 64, 80}) {
      for (int64_t rotary_dim : {int64_t{2}, head_dim / 2, head_dim}) {
        rotary_dim -= rotary_dim % 2;
        TestData data(static_cast<uint32_t>(head_dim));
        const std::vector<float> before = data.floats(3 * head_dim);
        std::vector<float> cosines;
        std::vector<float> sines;
        for (int64_t i = 0; i < rotary_dim / 2; ++i) {
          cosines.push_back(std::cos(0.3f * static_cast<float>(i + 1)));
          sines.push_back(std::sin(0.3f * static_cast<float>(i + 1)));
        }
        std::vector<float> x = before;
        table().rope(x.data(), 3, head_dim, rotary_dim, cosines.data(), sines.data(), layout);
        const std::vector<double> expected = reference::rope(before.data(), 3, head_dim, rotary_dim,
                                                             cosines.data(), sines.data(), layout);
        // Two products and a sum of numbers below 5.
        for (size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], expected[i], 3 * 5 * 0x1p-23);
      }
    }
  }
}

TEST_P(Elementwise, LogSumExpMatches) {
  for (const int64_t n : {1, 2, 5, 16, 17, 100, 16384, 32001}) {
    TestData data(static_cast<uint32_t>(n));
    const std::vector<float> x = data.floats(n, 10.0f);
    const double expected = reference::log_sum_exp(x.data(), n);
    // exp to 4e-7, a lane sum of n / 4 terms at most (rounding errors mostly cancel: sqrt), log and
    // the last sum.
    const double error =
        4e-7 + std::sqrt(static_cast<double>(n)) * 0x1p-23 + (std::fabs(expected) + 10) * 0x1p-23;
    EXPECT_NEAR(table().log_sum_exp(x.data(), n), expected, error) << n;
  }
}

TEST_P(Elementwise, LogSumExpOfExtremes) {
  const auto f = [this](const std::vector<float>& x) {
    return table().log_sum_exp(x.data(), static_cast<int64_t>(x.size()));
  };
  EXPECT_EQ(f({}), -kInfinity);
  EXPECT_EQ(f(std::vector<float>(20, -kInfinity)), -kInfinity);
  EXPECT_EQ(f({1.0f, kInfinity, -kInfinity}), kInfinity);
  EXPECT_EQ(f({3.0f, -kInfinity}), 3.0f);
  EXPECT_EQ(f({1e30f, -1e30f}), 1e30f);
  for (const size_t n : {size_t{1}, size_t{16}, size_t{37}}) {
    for (const float other : {0.0f, kInfinity, -kInfinity}) {
      for (const size_t where : {size_t{0}, n / 2, n - 1}) {
        std::vector<float> x(n, other);
        x[where] = NAN;
        EXPECT_TRUE(std::isnan(f(x))) << n << " " << other << " " << where;
      }
    }
  }
}

BAMBOO_FOR_EACH_ISA(Elementwise);

}  // namespace
}  // namespace bamboo
