#include "engine/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "kernels/dispatch.h"

namespace bamboo {
namespace {

const std::vector<float> kLogits{0.5f, 3.0f, -1.0f, 2.9f, 3.0f, 1.0f};

SampledToken sample(const SamplingParams& params, const std::vector<float>& logits = kLogits) {
  Sampler sampler(kernels(), params, static_cast<int64_t>(logits.size()));
  return sampler.sample(logits);
}

// The tokens seen over many seeds.
std::set<int32_t> support(SamplingParams params) {
  std::set<int32_t> ids;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    params.seed = seed;
    ids.insert(sample(params).id);
  }
  return ids;
}

TEST(SamplerTest, GreedyTakesTheGreatestAndTheLowerIdOfEquals) { EXPECT_EQ(sample({}).id, 1); }

TEST(SamplerTest, LogProbIsUnderTheModelBeforeFilters) {
  double sum = 0;
  for (const float logit : kLogits) sum += std::exp(static_cast<double>(logit));
  SamplingParams params;
  params.temperature = 0.1f;
  params.top_k = 1;
  // log_sum_exp promises a few float roundings of a value near 4.
  EXPECT_NEAR(sample(params).log_prob, 3.0 - std::log(sum), 4e-6);
}

TEST(SamplerTest, TopKKeepsTheKGreatest) {
  SamplingParams params;
  params.temperature = 100;
  params.top_k = 3;
  EXPECT_EQ(support(params), (std::set<int32_t>{1, 3, 4}));
}

TEST(SamplerTest, TopPKeepsTheSmallestSetThatReachesP) {
  SamplingParams params;
  params.temperature = 1;
  params.top_p = 0.3f;  // the first has 0.32 on its own
  EXPECT_EQ(support(params), (std::set<int32_t>{1}));
  params.top_p = 0.5f;
  EXPECT_EQ(support(params), (std::set<int32_t>{1, 4}));
}

TEST(SamplerTest, MinPDropsWhatIsUnlikelyBesideTheBest) {
  SamplingParams params;
  params.temperature = 1;
  params.min_p = 0.5f;  // exp(-0.1) = 0.90 stays, exp(-2) = 0.14 goes
  EXPECT_EQ(support(params), (std::set<int32_t>{1, 3, 4}));
}

TEST(SamplerTest, DrawsFollowTheProbabilities) {
  SamplingParams params;
  params.temperature = 1;
  int ones = 0;
  constexpr int kDraws = 4000;
  for (int seed = 0; seed < kDraws; ++seed) {
    params.seed = static_cast<uint64_t>(seed);
    ones += sample(params, {std::log(0.7f), std::log(0.3f)}).id == 1;
  }
  // 0.3 +- 5 standard deviations of sqrt(0.3 * 0.7 / 4000).
  EXPECT_NEAR(ones / static_cast<double>(kDraws), 0.3, 0.037);
}

TEST(SamplerTest, ThePenaltyMovesGreedyAwayFromRecentTokens) {
  SamplingParams params;
  params.repetition_penalty = 1.5f;
  Sampler sampler(kernels(), params, static_cast<int64_t>(kLogits.size()));
  sampler.observe(1);
  EXPECT_EQ(sampler.sample(kLogits).id, 4);
  sampler.observe(4);
  EXPECT_EQ(sampler.sample(kLogits).id, 3);
}

TEST(SamplerTest, NaNIsNeverChosen) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(sample({}, {nan, 1.0f, nan}).id, 1);
  SamplingParams params;
  params.temperature = 1;
  EXPECT_EQ(sample(params, {nan, 1.0f, nan}).id, 1);
  const int32_t any = sample(params, {nan, nan}).id;
  EXPECT_TRUE(any == 0 || any == 1);
}

TEST(SamplerTest, RefusesParametersOutOfRange) {
  const auto refuses = [](void (*change)(SamplingParams&)) {
    SamplingParams params;
    change(params);
    EXPECT_THROW(check_sampling(params), Error);
  };
  refuses([](SamplingParams& p) { p.temperature = -1; });
  refuses([](SamplingParams& p) { p.temperature = std::numeric_limits<float>::quiet_NaN(); });
  refuses([](SamplingParams& p) { p.top_k = -1; });
  refuses([](SamplingParams& p) { p.top_p = 0; });
  refuses([](SamplingParams& p) { p.top_p = 1.1f; });
  refuses([](SamplingParams& p) { p.min_p = 1; });
  refuses([](SamplingParams& p) { p.repetition_penalty = 0; });
}

}  // namespace
}  // namespace bamboo
