// Quantizers against plain rounding and against exact cases; dequantization against the formats'
// definitions.
#include "format/quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "format/float_bits.h"
#include "temporary_folder.h"

namespace bamboo {
namespace {

const std::vector<DType> kBlockTypes = {DType::kQ8_0, DType::kQ5_0, DType::kQ4_0};

struct Range {
  int least;
  int most;
};

Range range_of(DType dtype) {
  return dtype == DType::kQ8_0   ? Range{-127, 127}
         : dtype == DType::kQ5_0 ? Range{-16, 15}
                                 : Range{-8, 7};
}

std::vector<float> round_trip(DType dtype, const std::vector<float>& x,
                              const float* importance = nullptr) {
  const int64_t cols = static_cast<int64_t>(x.size());
  std::vector<uint8_t> packed(static_cast<size_t>(row_bytes(dtype, cols)));
  quantize_row(dtype, x.data(), cols, importance, packed.data());
  std::vector<float> out(x.size());
  dequantize_row(dtype, packed.data(), cols, out.data());
  return out;
}

// The usual rounding: the element of largest magnitude is mapped to the end of the range, the rest
// rounds.
std::vector<float> naive_round_trip(DType dtype, const std::vector<float>& x) {
  const Range range = range_of(dtype);
  std::vector<float> out(x.size());
  for (size_t begin = 0; begin < x.size(); begin += 32) {
    float largest = 0;
    for (size_t i = begin; i < begin + 32; ++i) {
      if (std::fabs(x[i]) > std::fabs(largest)) largest = x[i];
    }
    const double exact_d = dtype == DType::kQ8_0 ? std::fabs(largest) / 127.0
                                                 : largest / static_cast<double>(range.least);
    const double d = float_from_f16(
        f16_from_float(std::clamp(static_cast<float>(exact_d), -65504.0f, 65504.0f)));
    for (size_t i = begin; i < begin + 32; ++i) {
      const double level = exact_d == 0 ? 0
                                        : std::clamp(std::nearbyint(x[i] / exact_d),
                                                     double(range.least), double(range.most));
      out[i] = static_cast<float>(d * level);
    }
  }
  return out;
}

double squared_error(const std::vector<float>& x, const std::vector<float>& y,
                     const float* weights = nullptr) {
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double difference = static_cast<double>(x[i]) - y[i];
    sum += (weights == nullptr ? 1.0 : weights[i]) * difference * difference;
  }
  return sum;
}

std::vector<float> normal_values(size_t count, uint64_t seed, float scale = 0.05f) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(0.0f, scale);
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

// Blocks that trip quantizers: outliers, ties, one-sided, constant, alternating, near and past the
// f16 limits.
std::vector<std::vector<float>> adversarial_blocks() {
  std::vector<std::vector<float>> blocks;
  const auto block = [&](auto&& f) {
    std::vector<float> values(32);
    for (int i = 0; i < 32; ++i) values[static_cast<size_t>(i)] = f(i);
    blocks.push_back(values);
  };
  block([](int i) { return i == 5 ? 100.0f : 0.01f * static_cast<float>(i); });
  block([](int i) { return i == 5 ? -100.0f : 0.01f * static_cast<float>(i); });
  block([](int) { return 0.3f; });
  block([](int) { return -0.3f; });
  block([](int i) { return i % 2 == 0 ? 1.0f : -1.0f; });
  block([](int i) { return static_cast<float>(i) + 0.5f; });
  block([](int i) { return static_cast<float>(i - 16) / 16.0f; });
  block([](int i) { return std::ldexp(1.0f, -i); });
  block([](int i) { return i == 31 ? 1.0f : 0.0f; });
  block([](int i) {
    return 6.0e-8f * static_cast<float>(i - 16);
  });  // scales near the least f16 subnormal
  block([](int i) { return 1.0e-6f * static_cast<float>(i - 16); });
  block([](int i) { return 1.0e-30f * static_cast<float>(i); });
  block([](int i) { return 1.0e-42f * static_cast<float>(i); });  // float subnormals
  block([](int i) { return 6.0e4f * static_cast<float>(i - 16); });
  block([](int i) { return 2.0e37f * static_cast<float>(i - 16); });
  return blocks;
}

TEST(Float16, RoundTripsEveryValue) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const float value = float_from_f16(static_cast<uint16_t>(bits));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(float_from_f16(f16_from_float(value))));
      continue;
    }
    EXPECT_EQ(f16_from_float(value), bits);
  }
  EXPECT_EQ(float_from_f16(0x3C00), 1.0f);
  EXPECT_EQ(float_from_f16(0x0001), 0x1p-24f);
  EXPECT_EQ(float_from_f16(0xFBFF), -65504.0f);
}

TEST(Float16, RoundsToNearestWithTiesToEven) {
  // Between every two neighbours: the middle goes to the even one, just beside it to the nearer
  // one.
  for (uint32_t bits = 0; bits < 0x7BFF; ++bits) {
    const float low = float_from_f16(static_cast<uint16_t>(bits));
    const float high = float_from_f16(static_cast<uint16_t>(bits + 1));
    const float middle = low + (high - low) / 2;  // exact: one more bit than f16 has
    EXPECT_EQ(f16_from_float(middle), bits + (bits & 1));
    EXPECT_EQ(f16_from_float(std::nextafter(middle, 0.0f)), bits);
    EXPECT_EQ(f16_from_float(std::nextafter(middle, 1e9f)), bits + 1);
    EXPECT_EQ(f16_from_float(-middle), 0x8000 + bits + (bits & 1));
  }
  EXPECT_EQ(f16_from_float(65519.0f), 0x7BFF);
  EXPECT_EQ(f16_from_float(65520.0f), 0x7C00);
}

TEST(BFloat16, RoundsToNearestWithTiesToEven) {
  EXPECT_EQ(bf16_from_float(1.0f), 0x3F80);
  EXPECT_EQ(bf16_from_float(1.00390625f), 0x3F80);  // halfway to the next, 0x3F80 is even
  EXPECT_EQ(bf16_from_float(1.01171875f), 0x3F82);  // halfway, 0x3F81 is odd
  EXPECT_EQ(bf16_from_float(std::nextafter(1.00390625f, 2.0f)), 0x3F81);
  EXPECT_TRUE(std::isnan(float_from_bf16(bf16_from_float(NAN))));
  for (uint32_t bits = 0; bits < 0x7F80; ++bits) {
    EXPECT_EQ(bf16_from_float(float_from_bf16(static_cast<uint16_t>(bits))), bits);
  }
}

TEST(Quantize, FloatTypesRoundAndStayFinite) {
  const std::vector<float> x = {0.1f, -2.5f, 1e-9f, 70000.0f, -1e38f, 3.4e38f};
  EXPECT_EQ(round_trip(DType::kF32, x), x);
  const std::vector<float> half = round_trip(DType::kF16, x);
  const std::vector<float> brain = round_trip(DType::kBF16, x);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_LE(std::fabs(half[i] - x[i]), std::fabs(x[i]) * 0x1p-11f);
    EXPECT_LE(std::fabs(brain[i] - x[i]), std::fabs(x[i]) * 0x1p-8f);
  }
  EXPECT_EQ(half[3], 65504.0f);
  EXPECT_EQ(half[4], -65504.0f);
  EXPECT_TRUE(std::isfinite(brain[5]));
}

TEST(Quantize, SearchIsNeverWorseThanPlainRounding) {
  for (const DType dtype : kBlockTypes) {
    std::vector<std::vector<float>> blocks = adversarial_blocks();
    for (uint64_t seed = 0; seed < 500; ++seed) {
      blocks.push_back(normal_values(32, seed));
      std::vector<float> heavy = normal_values(32, seed + 1000);
      for (float& value : heavy) value = value * value * value * 1e3f;
      blocks.push_back(heavy);
    }
    for (const std::vector<float>& x : blocks) {
      const double searched = squared_error(x, round_trip(dtype, x));
      const double naive = squared_error(x, naive_round_trip(dtype, x));
      // Both are stored as float, so each output may be off by half a unit in the last place of its
      // own rounding.
      double slack = 0;
      for (const float value : x) slack += std::pow(static_cast<double>(value) * 0x1p-23, 2);
      EXPECT_LE(searched, naive * (1 + 1e-6) + slack)
          << traits(dtype).name << " x[0]=" << x[0] << " x[31]=" << x[31];
    }
  }
}

TEST(Quantize, SearchGainsOnGaussianWeights) {
  const std::vector<float> x = normal_values(32 * 2000, 42);
  const auto gain = [&](DType dtype) {
    return 1.0 - std::sqrt(squared_error(x, round_trip(dtype, x)) /
                           squared_error(x, naive_round_trip(dtype, x)));
  };
  // Measured 0.06, 0.06 and 0.06; half of that guards against a search that stopped working.
  EXPECT_GT(gain(DType::kQ4_0), 0.03);
  EXPECT_GT(gain(DType::kQ5_0), 0.03);
  EXPECT_GT(gain(DType::kQ8_0), 0.03);
}

TEST(Quantize, RepresentableBlocksAreKeptExactly) {
  std::mt19937_64 random(5);
  for (const DType dtype : kBlockTypes) {
    const Range range = range_of(dtype);
    for (int round = 0; round < 200; ++round) {
      const float d =
          float_from_f16(f16_from_float(0.001f + 0.01f * static_cast<float>(random() % 100)));
      std::vector<float> x(64);
      for (float& value : x) {
        value =
            d * static_cast<float>(range.least +
                                   static_cast<int>(random() % static_cast<uint64_t>(
                                                                   range.most - range.least + 1)));
      }
      x[7] = x[40] = d * static_cast<float>(range.least);
      EXPECT_EQ(round_trip(dtype, x), x) << traits(dtype).name;
    }
  }
}

TEST(Quantize, ZeroTinyAndHugeBlocksStayFinite) {
  for (const DType dtype : kBlockTypes) {
    EXPECT_EQ(round_trip(dtype, std::vector<float>(64, 0.0f)), std::vector<float>(64, 0.0f));
    for (const std::vector<float>& x : adversarial_blocks()) {
      for (const float value : round_trip(dtype, x))
        EXPECT_TRUE(std::isfinite(value)) << traits(dtype).name;
    }
    EXPECT_EQ(round_trip(dtype, std::vector<float>(32, 1e-40f)), std::vector<float>(32, 0.0f));
  }
}

TEST(Quantize, Q8LevelsAreSymmetric) {
  // -128 has no counterpart, and kernels that negate a byte rely on its absence.
  for (const std::vector<float>& x : adversarial_blocks()) {
    std::vector<uint8_t> packed(34);
    quantize_row(DType::kQ8_0, x.data(), 32, nullptr, packed.data());
    for (size_t i = 2; i < 34; ++i) EXPECT_NE(packed[i], 0x80);
  }
}

TEST(Quantize, ImportanceLowersTheWeightedError) {
  const std::vector<float> x = normal_values(32 * 500, 3);
  std::vector<float> importance = normal_values(x.size(), 4, 1.0f);
  for (float& weight : importance) weight = std::pow(weight, 4.0f);
  for (const DType dtype : {DType::kQ5_0, DType::kQ4_0}) {
    const double with =
        squared_error(x, round_trip(dtype, x, importance.data()), importance.data());
    const double without = squared_error(x, round_trip(dtype, x), importance.data());
    EXPECT_LT(with, 0.9 * without) << traits(dtype).name;
  }
  const std::vector<float> ignored(x.size(), 0.0f);
  for (const float value : round_trip(DType::kQ4_0, x, ignored.data()))
    EXPECT_TRUE(std::isfinite(value));
}

TEST(Quantize, BlocksDoNotInfluenceEachOther) {
  const std::vector<float> x = normal_values(32 * 8, 11);
  for (const DType dtype : kBlockTypes) {
    std::vector<uint8_t> whole(static_cast<size_t>(row_bytes(dtype, 256)));
    quantize_row(dtype, x.data(), 256, nullptr, whole.data());
    std::vector<uint8_t> parts(whole.size());
    for (int64_t b = 0; b < 8; ++b) {
      quantize_row(dtype, x.data() + 32 * b, 32, nullptr,
                   parts.data() + b * traits(dtype).block_bytes);
    }
    EXPECT_EQ(whole, parts);
  }
}

TEST(Quantize, RefusesImpossibleRows) {
  const std::vector<float> x(48, 1.0f);
  std::vector<uint8_t> packed(256);
  expect_error(ErrorCode::kInvalidArgument, {"q4_0"},
               [&] { quantize_row(DType::kQ4_0, x.data(), 48, nullptr, packed.data()); });
  expect_error(ErrorCode::kInvalidArgument, {"q6_k"},
               [&] { quantize_row(DType::kQ6_K, x.data(), 0, nullptr, packed.data()); });
  std::vector<float> out(48);
  expect_error(ErrorCode::kInvalidArgument, {"q6_k"},
               [&] { dequantize_row(DType::kQ6_K, packed.data(), 48, out.data()); });
}

TEST(Dequantize, Q4AndQ5FollowTheirLayouts) {
  std::vector<uint8_t> q4 = {0x00, 0x38};  // d = 0.5
  for (int i = 0; i < 16; ++i) q4.push_back(static_cast<uint8_t>(i | (15 - i) << 4));
  std::vector<float> out(32);
  dequantize_row(DType::kQ4_0, q4.data(), 32, out.data());
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(out[static_cast<size_t>(i)], 0.5f * static_cast<float>(i - 8));
    EXPECT_EQ(out[static_cast<size_t>(i + 16)], 0.5f * static_cast<float>(15 - i - 8));
  }
  std::vector<uint8_t> q5 = {0x00, 0x38, 0x01,
                             0x00, 0x00, 0x80};  // fifth bits of elements 0 and 31
  q5.insert(q5.end(), q4.begin() + 2, q4.end());
  dequantize_row(DType::kQ5_0, q5.data(), 32, out.data());
  EXPECT_EQ(out[0], 0.5f * (0 + 16 - 16));
  EXPECT_EQ(out[1], 0.5f * (1 - 16));
  EXPECT_EQ(out[16], 0.5f * (15 - 16));
  EXPECT_EQ(out[31], 0.5f * (0 + 16 - 16));
}

TEST(Dequantize, Q6FollowsItsLayout) {
  // Values and scales are chosen, then packed by the format's definition: element e of half h sits
  // in group g = e / 32 at i = e % 32; low nibble of byte 32 (g & 1) + i (high nibble from g = 2
  // on), two high bits at 2 g of byte i.
  std::mt19937_64 random(6);
  std::vector<uint8_t> block(210, 0);
  std::vector<float> expected(256);
  for (int s = 0; s < 16; ++s) block[static_cast<size_t>(192 + s)] = static_cast<uint8_t>(random());
  const uint16_t d_bits = f16_from_float(0.0123f);
  std::memcpy(block.data() + 208, &d_bits, 2);
  for (int e = 0; e < 256; ++e) {
    const int half = e / 128, group = e % 128 / 32, i = e % 32;
    const int value = static_cast<int>(random() % 64);  // stored as value, means value - 32
    const size_t low = static_cast<size_t>(64 * half + 32 * (group % 2) + i);
    block[low] = static_cast<uint8_t>(block[low] | (value & 15) << (group >= 2 ? 4 : 0));
    const size_t high = static_cast<size_t>(128 + 32 * half + i);
    block[high] = static_cast<uint8_t>(block[high] | (value >> 4) << (2 * group));
    const int scale =
        static_cast<int8_t>(block[static_cast<size_t>(192 + e / 16)]);  // one scale for 16 elements
    expected[static_cast<size_t>(e)] =
        static_cast<float>(static_cast<double>(float_from_f16(d_bits)) * scale * (value - 32));
  }
  std::vector<float> out(256);
  dequantize_row(DType::kQ6_K, block.data(), 256, out.data());
  EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace bamboo
