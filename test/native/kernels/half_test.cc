// f16 conversions through the kernels that use them: dequantize_row reads halves, store_value
// writes them.
#include <cmath>
#include <cstring>
#include <limits>

#include "isa_fixture.h"
#include "kernels/reference/reference.h"

namespace bamboo {
namespace {

class Half : public IsaTest {
 protected:
  // head_dim is a multiple of 16 in the contract; pads with zeros.
  std::vector<uint16_t> stored(std::vector<float> values) const {
    values.resize((values.size() + 15) / 16 * 16);
    std::vector<uint16_t> halves(values.size());
    table().store_value(values.data(), static_cast<int64_t>(values.size()), 0, halves.data());
    return halves;
  }
};

TEST_P(Half, EveryHalfBecomesTheFloatItStandsFor) {
  std::vector<uint16_t> halves(65536);
  for (size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<uint16_t>(i);
  const MatrixView w = {DType::kF16, reinterpret_cast<const uint8_t*>(halves.data()), 1, 65536};
  std::vector<float> floats(halves.size());
  table().dequantize_row(w, 0, floats.data());
  for (size_t i = 0; i < halves.size(); ++i) {
    const double expected = reference::half_to_double(halves[i]);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(floats[i])) << i;
    } else {
      EXPECT_EQ(floats[i], expected) << i;
      EXPECT_EQ(std::signbit(floats[i]), std::signbit(expected)) << i;
    }
  }
}

TEST_P(Half, EveryHalfSurvivesTheWayThereAndBack) {
  std::vector<float> floats;
  std::vector<uint16_t> expected;
  for (uint32_t i = 0; i < 65536; ++i) {
    const double value = reference::half_to_double(static_cast<uint16_t>(i));
    if (std::isnan(value)) continue;
    floats.push_back(static_cast<float>(value));
    expected.push_back(static_cast<uint16_t>(i));
  }
  const std::vector<uint16_t> halves = stored(floats);
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(halves[i], expected[i]);
}

TEST_P(Half, FloatsBetweenTwoHalvesGoToTheNearestAndTiesToTheEvenOne) {
  std::vector<float> floats;
  for (uint32_t i = 0; i < 0x7c00; ++i) {
    const double low = reference::half_to_double(static_cast<uint16_t>(i));
    const double high =
        i == 0x7bff ? 65536.0 : reference::half_to_double(static_cast<uint16_t>(i + 1));
    const auto middle = static_cast<float>((low + high) / 2);
    for (const float value : {middle, std::nextafter(middle, 0.0f), std::nextafter(middle, 1e9f)}) {
      floats.push_back(value);
      floats.push_back(-value);
    }
  }
  const std::vector<uint16_t> halves = stored(floats);
  for (size_t i = 0; i < floats.size(); ++i) {
    ASSERT_EQ(halves[i], reference::double_to_half(floats[i])) << floats[i];
  }
}

TEST_P(Half, HugeTinyAndNotNumbers) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<uint16_t> halves =
      stored({1e30f, -1e30f, kInfinity, -kInfinity, 1e-30f, -1e-30f, 1e-45f, NAN, -NAN});
  EXPECT_EQ(halves[0], 0x7c00);
  EXPECT_EQ(halves[1], 0xfc00);
  EXPECT_EQ(halves[2], 0x7c00);
  EXPECT_EQ(halves[3], 0xfc00);
  EXPECT_EQ(halves[4], 0x0000);
  EXPECT_EQ(halves[5], 0x8000);
  EXPECT_EQ(halves[6], 0x0000);
  EXPECT_TRUE(std::isnan(reference::half_to_double(halves[7])));
  EXPECT_TRUE(std::isnan(reference::half_to_double(halves[8])));
}

BAMBOO_FOR_EACH_ISA(Half);

}  // namespace
}  // namespace bamboo
