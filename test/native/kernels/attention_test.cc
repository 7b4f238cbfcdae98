// attend against double precision, and what it must not depend on: stale cache contents and how
// heads are grouped.
#include <cmath>

#include "isa_fixture.h"
#include "kernels/reference/reference.h"
#include "test_data.h"

namespace bamboo {
namespace {

constexpr uint16_t kNaN = 0x7e00;

// A cache whose unwritten positions hold NaN, and the same keys and values as the cache has them,
// in double.
struct Cache {
  Cache(const KernelTable& table, TestData& data, int64_t head_dim, int64_t n_positions,
        int64_t capacity)
      : key_halves(static_cast<size_t>((capacity + 15) / 16 * 16 * head_dim), kNaN),
        value_halves(static_cast<size_t>(capacity * head_dim), kNaN) {
    for (int64_t p = 0; p < n_positions; ++p) {
      const std::vector<float> key = data.floats(head_dim);
      const std::vector<float> value = data.floats(head_dim);
      table.store_key(key.data(), head_dim, p, key_halves.data());
      table.store_value(value.data(), head_dim, p, value_halves.data());
      for (const float x : key) keys.push_back(rounded(x));
      for (const float x : value) values.push_back(rounded(x));
    }
  }
  static double rounded(float x) { return reference::half_to_double(reference::double_to_half(x)); }
  KvHeadView view() const { return {key_halves.data(), value_halves.data()}; }

  std::vector<uint16_t> key_halves;
  std::vector<uint16_t> value_halves;
  std::vector<double> keys;
  std::vector<double> values;
};

class Attention : public IsaTest {
 protected:
  std::vector<float> attend(const Cache& cache, const std::vector<float>& q, int64_t n_queries,
                            int64_t head_dim, int64_t n_positions, float scale) const {
    std::vector<float> out(q.size(), -7.0f);
    std::vector<float> scratch(static_cast<size_t>(n_queries * ((n_positions + 15) / 16 * 16)) + 1,
                               NAN);
    scratch.back() = -7.0f;
    table().attend(cache.view(), q.data(), n_queries, head_dim, head_dim, n_positions, scale,
                   out.data(), scratch.data());
    EXPECT_EQ(scratch.back(), -7.0f) << "wrote past the scratch";
    return out;
  }
};

// A score is a sum of head_dim products, off by head_dim * 2^-23 * sum|terms| at most, and moves a
// weight by as much; the weighted sum over n positions and exp (4e-7) add their own. Values are a
// few units at most.
double tolerance(int64_t head_dim, int64_t n_positions) {
  return 5.0 * (static_cast<double>(head_dim + n_positions) * 0x1p-23 + 4e-7);
}

TEST_P(Attention, MatchesDoublePrecision) {
  for (const int64_t head_dim : {16, 32, 64, 80, 128, 256}) {
    for (const int64_t n_positions : {1, 2, 15, 16, 17, 33, 100}) {
      for (const int64_t n_queries : {1, 2, 3, 4, 5, 6, 7, 8, 13}) {
        TestData data(static_cast<uint32_t>(head_dim * 1000 + n_positions));
        const Cache cache(table(), data, head_dim, n_positions, n_positions + 3);
        const std::vector<float> q = data.floats(n_queries * head_dim);
        const float scale = 1.0f / std::sqrt(static_cast<float>(head_dim));
        const std::vector<float> out = attend(cache, q, n_queries, head_dim, n_positions, scale);
        for (int64_t j = 0; j < n_queries; ++j) {
          const std::vector<double> expected = reference::attend(
              cache.keys, cache.values, q.data() + j * head_dim, head_dim, n_positions, scale);
          for (int64_t d = 0; d < head_dim; ++d) {
            ASSERT_NEAR(out[static_cast<size_t>(j * head_dim + d)],
                        expected[static_cast<size_t>(d)], tolerance(head_dim, n_positions))
                << "head_dim " << head_dim << ", " << n_positions << " positions, query " << j;
          }
        }
      }
    }
  }
}

TEST_P(Attention, HeadsGiveTheSameBitsAloneAndInAGroup) {
  constexpr int64_t kHeadDim = 64;
  constexpr int64_t kPositions = 37;
  TestData data;
  const Cache cache(table(), data, kHeadDim, kPositions, 40);
  const std::vector<float> q = data.floats(11 * kHeadDim);
  for (int64_t n = 1; n <= 11; ++n) {
    const std::vector<float> heads(q.begin(), q.begin() + n * kHeadDim);
    const std::vector<float> together = attend(cache, heads, n, kHeadDim, kPositions, 0.125f);
    for (int64_t j = 0; j < n; ++j) {
      const std::vector<float> head(q.begin() + j * kHeadDim, q.begin() + (j + 1) * kHeadDim);
      const std::vector<float> alone = attend(cache, head, 1, kHeadDim, kPositions, 0.125f);
      EXPECT_TRUE(std::equal(alone.begin(), alone.end(), together.begin() + j * kHeadDim));
    }
  }
}

TEST_P(Attention, LaterPositionsInTheCacheDoNotMatter) {
  constexpr int64_t kHeadDim = 32;
  for (const int64_t n_positions : {1, 15, 16, 20}) {
    TestData data;
    Cache cache(table(), data, kHeadDim, 48, 48);
    const std::vector<float> q = data.floats(kHeadDim);
    const std::vector<float> before = attend(cache, q, 1, kHeadDim, n_positions, 0.2f);
    const std::vector<float> noise = data.floats(kHeadDim, 100.0f);
    for (int64_t p = n_positions; p < 48; ++p) {
      table().store_key(noise.data(), kHeadDim, p, cache.key_halves.data());
      table().store_value(noise.data(), kHeadDim, p, cache.value_halves.data());
    }
    EXPECT_EQ(attend(cache, q, 1, kHeadDim, n_positions, 0.2f), before);
  }
}

TEST_P(Attention, LargeScoresNeitherOverflowNorVanish) {
  constexpr int64_t kHeadDim = 16;
  TestData data;
  const Cache cache(table(), data, kHeadDim, 20, 20);
  const std::vector<float> q = data.floats(kHeadDim, 1000.0f);
  const std::vector<float> out = attend(cache, q, 1, kHeadDim, 20, 1.0f);
  const std::vector<double> expected =
      reference::attend(cache.keys, cache.values, q.data(), kHeadDim, 20, 1.0);
  // Scores of thousands carry errors of thousandths, and a weight moves by as much.
  for (size_t d = 0; d < kHeadDim; ++d) EXPECT_NEAR(out[d], expected[d], 0.05);
}

TEST_P(Attention, HeadsMayStandApartAndTheGapStaysUntouched) {
  constexpr int64_t kHeadDim = 16;
  constexpr int64_t kStride = 20;
  TestData data;
  const Cache cache(table(), data, kHeadDim, 9, 16);
  const std::vector<float> q = data.floats(3 * kStride);
  std::vector<float> out(3 * kStride, -7.0f);
  std::vector<float> scratch(3 * 16);
  table().attend(cache.view(), q.data(), 3, kStride, kHeadDim, 9, 0.25f, out.data(),
                 scratch.data());
  for (int64_t j = 0; j < 3; ++j) {
    const std::vector<float> head(q.begin() + j * kStride, q.begin() + j * kStride + kHeadDim);
    const std::vector<float> alone = attend(cache, head, 1, kHeadDim, 9, 0.25f);
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), out.begin() + j * kStride));
    for (int64_t d = kHeadDim; d < kStride; ++d) {
      EXPECT_EQ(out[static_cast<size_t>(j * kStride + d)], -7.0f);
    }
  }
}

TEST_P(Attention, KeysAreStoredSixteenPositionsSideBySide) {
  constexpr int64_t kHeadDim = 16;
  std::vector<uint16_t> keys(2 * 16 * kHeadDim, kNaN);
  std::vector<float> key(kHeadDim);
  for (int64_t d = 0; d < kHeadDim; ++d) key[static_cast<size_t>(d)] = static_cast<float>(d + 1);
  table().store_key(key.data(), kHeadDim, 18, keys.data());
  for (int64_t i = 0; i < 2 * 16 * kHeadDim; ++i) {
    const bool is_written = i >= 16 * kHeadDim && i % 16 == 2;
    const double expected = static_cast<double>((i - 16 * kHeadDim) / 16 + 1);
    const uint16_t half = keys[static_cast<size_t>(i)];
    EXPECT_EQ(half, is_written ? reference::double_to_half(expected) : kNaN) << i;
  }
}

BAMBOO_FOR_EACH_ISA(Attention);

}  // namespace
}  // namespace bamboo
