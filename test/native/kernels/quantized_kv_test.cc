// The int8 KV cache: what is stored, and attention over it against double precision.
#include <cmath>

#include "isa_fixture.h"
#include "kernels/reference/reference.h"
#include "test_data.h"

namespace bamboo {
namespace {

// A cache whose unwritten positions have the scale NaN, and the keys and values that it stands for.
struct Cache {
  Cache(const KernelTable& table, TestData& data, int64_t dim, int64_t n_positions)
      : head_dim(dim),
        capacity((n_positions + 15) / 16 * 16),
        key_quants(static_cast<size_t>(capacity * dim), 99),
        value_quants(static_cast<size_t>(capacity * dim), 99),
        key_scales(static_cast<size_t>(capacity), NAN),
        value_scales(static_cast<size_t>(capacity), NAN) {
    for (int64_t p = 0; p < n_positions; ++p) {
      const std::vector<float> key = data.floats(dim);
      const std::vector<float> value = data.floats(dim);
      table.store_quantized_key(key.data(), dim, p, key_quants.data(), key_scales.data());
      table.store_quantized_value(value.data(), dim, p, value_quants.data(), value_scales.data());
      for (int64_t d = 0; d < dim; ++d) keys.push_back(stored_key(p, d));
      for (int64_t d = 0; d < dim; ++d) values.push_back(stored_value(p, d));
    }
  }
  double stored_key(int64_t p, int64_t d) const {
    const int64_t at = p / 16 * 16 * head_dim + d * 16 + p % 16;
    return static_cast<double>(key_quants[static_cast<size_t>(at)]) *
           static_cast<double>(key_scales[static_cast<size_t>(p)]);
  }
  double stored_value(int64_t p, int64_t d) const {
    return static_cast<double>(value_quants[static_cast<size_t>(p * head_dim + d)]) *
           static_cast<double>(value_scales[static_cast<size_t>(p)]);
  }
  QuantizedKvHeadView view() const {
    return {key_quants.data(), value_quants.data(), key_scales.data(), value_scales.data()};
  }

  int64_t head_dim;
  int64_t capacity;
  std::vector<int8_t> key_quants;
  std::vector<int8_t> value_quants;
  std::vector<float> key_scales;
  std::vector<float> value_scales;
  std::vector<double> keys;
  std::vector<double> values;
};

class QuantizedKv : public IsaTest {
 protected:
  std::vector<float> attend(const Cache& cache, const std::vector<float>& q, int64_t n_queries,
                            int64_t n_positions) const {
    std::vector<float> out(q.size(), -7.0f);
    std::vector<float> scratch(static_cast<size_t>(n_queries * ((n_positions + 15) / 16 * 16)) + 1,
                               NAN);
    scratch.back() = -7.0f;
    table().attend_quantized(cache.view(), q.data(), n_queries, cache.head_dim, cache.head_dim,
                             n_positions, 0.125f, out.data(), scratch.data());
    EXPECT_EQ(scratch.back(), -7.0f) << "wrote past the scratch";
    return out;
  }
};

TEST_P(QuantizedKv, AttentionMatchesDoublePrecisionOverWhatIsStored) {
  for (const int64_t head_dim : {16, 64, 80, 256}) {
    for (const int64_t n_positions : {1, 15, 16, 17, 33, 100}) {
      for (const int64_t n_queries : {1, 2, 5, 8}) {
        TestData data(static_cast<uint32_t>(head_dim * 1000 + n_positions));
        const Cache cache(table(), data, head_dim, n_positions);
        const std::vector<float> q = data.floats(n_queries * head_dim);
        const std::vector<float> out = attend(cache, q, n_queries, n_positions);
        // As in attention_test.cc, and one rounding more for the scales of keys and of values.
        const double tolerance =
            5.0 * (static_cast<double>(head_dim + n_positions + 2) * 0x1p-23 + 4e-7);
        for (int64_t j = 0; j < n_queries; ++j) {
          const std::vector<double> expected = reference::attend(
              cache.keys, cache.values, q.data() + j * head_dim, head_dim, n_positions, 0.125);
          for (int64_t d = 0; d < head_dim; ++d) {
            ASSERT_NEAR(out[static_cast<size_t>(j * head_dim + d)],
                        expected[static_cast<size_t>(d)], tolerance)
                << "head_dim " << head_dim << ", " << n_positions << " positions, query " << j;
          }
        }
      }
    }
  }
}

TEST_P(QuantizedKv, HeadsGiveTheSameBitsAloneAndInAGroup) {
  constexpr int64_t kHeadDim = 64;
  TestData data;
  const Cache cache(table(), data, kHeadDim, 37);
  const std::vector<float> q = data.floats(9 * kHeadDim);
  const std::vector<float> together = attend(cache, q, 9, 37);
  for (int64_t j = 0; j < 9; ++j) {
    const std::vector<float> head(q.begin() + j * kHeadDim, q.begin() + (j + 1) * kHeadDim);
    const std::vector<float> alone = attend(cache, head, 1, 37);
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), together.begin() + j * kHeadDim));
  }
}

TEST_P(QuantizedKv, AStoredElementIsOffByHalfAStepAtMost) {
  constexpr int64_t kHeadDim = 80;
  TestData data;
  std::vector<int8_t> quants(kHeadDim);
  float scale = 0;
  const std::vector<float> value = data.floats(kHeadDim);
  table().store_quantized_value(value.data(), kHeadDim, 0, quants.data(), &scale);
  float largest = 0;
  for (const float x : value) largest = std::max(largest, std::fabs(x));
  EXPECT_FLOAT_EQ(scale, largest / 127);
  for (size_t d = 0; d < kHeadDim; ++d) {
    EXPECT_NEAR(static_cast<float>(quants[d]) * scale, value[d], scale * 0.501f);
  }
}

TEST_P(QuantizedKv, ZerosStayZeroAndABrokenPositionDoesNotLookHealthy) {
  constexpr int64_t kHeadDim = 16;
  std::vector<int8_t> quants(kHeadDim, 99);
  float scale = -1;
  std::vector<float> value(kHeadDim, 0.0f);
  table().store_quantized_value(value.data(), kHeadDim, 0, quants.data(), &scale);
  EXPECT_EQ(scale, 0.0f);
  EXPECT_EQ(quants, std::vector<int8_t>(kHeadDim, 0));
  for (const float broken : {static_cast<float>(NAN), static_cast<float>(INFINITY)}) {
    value[5] = broken;
    table().store_quantized_value(value.data(), kHeadDim, 0, quants.data(), &scale);
    EXPECT_TRUE(std::isnan(scale));
  }
}

BAMBOO_FOR_EACH_ISA(QuantizedKv);

}  // namespace
}  // namespace bamboo
