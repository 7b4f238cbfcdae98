// What a probe counts, against counts of the same forward pass, and what a policy changes.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "bamboo/engine.h"
#include "engine_checks.h"
#include "tiny_model.h"

namespace bamboo {
namespace {

using test::code_of;
using test::kNever;
using test::same_bits;
using test::TinyModel;
using test::with_predictors;
using test::write_tiny_model;

constexpr float kTakeAll = -1e30f;
constexpr float kTakeNone = 1e30f;

std::unique_ptr<Engine> load(const TinyModel& model) {
  return Engine::load({write_tiny_model(model), 2, 0});
}

std::vector<int32_t> some_tokens(int32_t n = 40) {
  std::vector<int32_t> tokens;
  for (int32_t i = 0; i < n; ++i) tokens.push_back(i * i * 5 % 131);
  return tokens;
}

std::vector<LayerProbe> probe(Engine& engine, FfnMode mode, int64_t first = 0, int64_t every = 1) {
  const std::vector<int32_t> tokens = some_tokens();
  ProbeParams params;
  params.tokens = tokens;
  params.first = first;
  params.every = every;
  params.mode = mode;
  return engine.probe(params, kNever);
}

TEST(FfnProbeTest, CountsWhatTheDecodeStepsCount) {
  const auto engine = load(with_predictors(0));
  const std::vector<int32_t> tokens = some_tokens();
  GenerateParams params;
  params.prompt = tokens;
  params.max_tokens = 9;
  params.max_draft_tokens = 0;  // one step a token, so that steps can be counted
  std::vector<int32_t> sequence = tokens;
  const GenerateResult result = engine->generate(
      params, [&](const TokenEvent& event) { sequence.push_back(event.id); }, kNever);
  sequence.pop_back();  // the last token was sampled, not decoded
  const auto layers =
      engine->probe({sequence, static_cast<int64_t>(tokens.size()), 1, FfnMode::kExact}, kNever);
  int64_t active = 0;
  int64_t all = 0;
  for (const LayerProbe& layer : layers) {
    EXPECT_EQ(layer.positions, 8);
    active += layer.active;
    all += layer.positions * 224;
  }
  EXPECT_EQ(result.active_share, static_cast<double>(active) / static_cast<double>(all));
}

TEST(FfnProbeTest, LooksAtEverySoManyDecodedTokens) {
  const auto engine = load(with_predictors(0));
  EXPECT_EQ(probe(*engine, FfnMode::kExact, 0, 1)[0].positions, 40);
  EXPECT_EQ(probe(*engine, FfnMode::kExact, 10, 7)[1].positions, 5);
}

TEST(FfnProbeTest, AThresholdThatTakesAllHitsAllOfTheMass) {
  for (const char* input : {"normed", "residual"}) {
    const auto engine = load(with_predictors(kTakeAll, input));
    for (const LayerProbe& layer : probe(*engine, FfnMode::kPredicted)) {
      EXPECT_EQ(layer.predicted, layer.positions * 224);
      EXPECT_EQ(layer.hits, layer.active);
      EXPECT_GT(layer.active, 0);
      EXPECT_LE(layer.active, std::min(layer.gate_fires, layer.up_fires));
      EXPECT_EQ(layer.hit_mass, layer.mass);
    }
  }
}

TEST(FfnProbeTest, TheBinsSumToTheTotalsAndSplitAtTheirEdges) {
  const auto engine = load(with_predictors(0));
  for (const LayerProbe& layer : probe(*engine, FfnMode::kExact)) {
    ASSERT_EQ(layer.bins.size(), static_cast<size_t>(kScoreBins));
    ScoreBin sum;
    int64_t at_least_zero = 0;
    for (int64_t b = 0; b < kScoreBins; ++b) {
      const ScoreBin& bin = layer.bins[static_cast<size_t>(b)];
      sum.neurons += bin.neurons;
      sum.gate_fires += bin.gate_fires;
      sum.active += bin.active;
      sum.mass += bin.mass;
      if (score_bin_edge(b) >= 0.0f) at_least_zero += bin.neurons;
      if (b > 0) {
        EXPECT_LT(score_bin_edge(b - 1), score_bin_edge(b));
      }
    }
    EXPECT_EQ(sum.neurons, layer.positions * 224);
    EXPECT_EQ(sum.gate_fires, layer.gate_fires);
    EXPECT_EQ(sum.active, layer.active);
    EXPECT_NEAR(sum.mass, layer.mass, 1e-9 * layer.mass);
    EXPECT_EQ(at_least_zero, layer.predicted);  // the file's threshold is 0
  }
}

TEST(FfnProbeTest, AModelWithoutPredictorsIsCountedWithoutScores) {
  const auto engine = load(TinyModel());
  const LayerProbe layer = probe(*engine, FfnMode::kExact)[0];
  EXPECT_GT(layer.active, 0);
  EXPECT_EQ(layer.predictor_bytes, 0);
  EXPECT_TRUE(layer.bins.empty());
}

TEST(FfnProbeTest, LeavesTheNextAnswerAsItWas) {
  const auto engine = load(with_predictors(0));
  const auto before = engine->logits(some_tokens(), 1, FfnMode::kPredicted);
  probe(*engine, FfnMode::kPredicted);
  EXPECT_TRUE(same_bits(before, engine->logits(some_tokens(), 1, FfnMode::kPredicted)));
}

TEST(FfnProbeTest, ACancelledProbeReturnsWhatItHas) {
  const auto engine = load(with_predictors(0));
  const std::atomic<bool> cancelled{true};
  const std::vector<int32_t> tokens = some_tokens();
  EXPECT_EQ(engine->probe({tokens, 0, 1, FfnMode::kExact}, cancelled)[0].positions, 0);
}

TEST(FfnProbeTest, RefusesWhatItCannotDo) {
  const auto engine = load(TinyModel());
  const auto code = [&](int64_t first, int64_t every, FfnMode mode) {
    return code_of([&] { probe(*engine, mode, first, every); });
  };
  EXPECT_EQ(code(40, 1, FfnMode::kExact), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(-1, 1, FfnMode::kExact), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(0, 0, FfnMode::kExact), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(0, 1, FfnMode::kPredicted), ErrorCode::kInvalidArgument);
}

TEST(LayerPolicyTest, ExactAndDenseLayersGiveTheBitsOfExactMode) {
  const auto engine = load(with_predictors(kTakeNone));
  const auto exact = engine->logits(some_tokens(), 1, FfnMode::kExact);
  const std::vector<LayerPolicy> policy = {{FfnMode::kExact, 0, false},
                                           {FfnMode::kDense, 0, false}};
  engine->set_policy(policy);
  EXPECT_TRUE(same_bits(exact, engine->logits(some_tokens(), 1, FfnMode::kPredicted)));
}

TEST(LayerPolicyTest, ItsThresholdReplacesThatOfTheFile) {
  for (const char* input : {"normed", "residual"}) {
    const auto engine = load(with_predictors(kTakeNone, input));
    const auto exact = engine->logits(some_tokens(), 1, FfnMode::kExact);
    EXPECT_FALSE(same_bits(exact, engine->logits(some_tokens(), 1, FfnMode::kPredicted)));
    engine->set_policy(std::vector<LayerPolicy>(2, {FfnMode::kPredicted, kTakeAll, false}));
    EXPECT_TRUE(same_bits(exact, engine->logits(some_tokens(), 1, FfnMode::kPredicted)));
  }
}

TEST(LayerPolicyTest, ComputingUpFirstChangesNoBit) {
  const auto engine = load(with_predictors(0));
  const auto exact = engine->logits(some_tokens(), 1, FfnMode::kExact);
  const auto predicted = engine->logits(some_tokens(), 1, FfnMode::kPredicted);
  engine->set_policy(std::vector<LayerPolicy>(2, {FfnMode::kPredicted, 0, true}));
  EXPECT_TRUE(same_bits(exact, engine->logits(some_tokens(), 1, FfnMode::kExact)));
  EXPECT_TRUE(same_bits(exact, engine->logits(some_tokens(), 1, FfnMode::kDense)));
  EXPECT_TRUE(same_bits(predicted, engine->logits(some_tokens(), 1, FfnMode::kPredicted)));
}

TEST(LayerPolicyTest, UpIsNotExchangedWhereTheHalvesDiffer) {
  TinyModel model;
  model.architecture = "llama";
  model.hidden_act = "relu";
  const auto engine = load(model);
  const auto exact = engine->logits(some_tokens(), 1, FfnMode::kExact);
  engine->set_policy(std::vector<LayerPolicy>(2, {FfnMode::kExact, 0, true}));
  EXPECT_TRUE(same_bits(exact, engine->logits(some_tokens(), 1, FfnMode::kExact)));
}

TEST(LayerPolicyTest, RefusesAnotherNumberOfLayersAndThresholdsThatAreNoNumbers) {
  const auto engine = load(with_predictors(0));
  EXPECT_EQ(code_of([&] { engine->set_policy(std::vector<LayerPolicy>(3)); }),
            ErrorCode::kInvalidArgument);
  std::vector<LayerPolicy> policy(2);
  policy[1].threshold = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(code_of([&] { engine->set_policy(policy); }), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace bamboo
