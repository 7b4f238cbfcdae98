// What a request reports about itself, and the mode changed between two of its tokens.
#include "bamboo/generation_metrics.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "bamboo/engine.h"
#include "engine/decode_metrics.h"
#include "engine_checks.h"
#include "tiny_model.h"

namespace bamboo {
namespace {

using test::code_of;
using test::kNever;
using test::TinyModel;
using test::write_tiny_model;

constexpr int64_t kSteps = 11;  // twelve tokens: the first comes from the prompt's logits

TinyModel with_predictors() {
  TinyModel model;
  model.predictor_rank = 64;
  model.thresholds = {0, 0};
  return model;
}

struct Generated {
  std::vector<int32_t> ids;
  std::vector<float> log_probs;
  GenerateResult result;
};

// The mode becomes `later` when `switch_after` tokens have been handed out.
Generated generate(Engine& engine, FfnMode mode, FfnMode later, int64_t switch_after,
                   int64_t n_tokens = kSteps + 1) {
  std::vector<int32_t> prompt(30);
  std::iota(prompt.begin(), prompt.end(), 3);
  std::atomic<FfnMode> mode_now{mode};
  GenerateParams params;
  params.prompt = prompt;
  params.max_tokens = n_tokens;
  params.max_draft_tokens = 0;  // one step a token, so that steps can be counted
  params.mode = mode;
  params.mode_now = &mode_now;
  Generated out;
  engine.reset();
  out.result = engine.generate(
      params,
      [&](const TokenEvent& event) {
        out.ids.push_back(event.id);
        out.log_probs.push_back(event.log_prob);
        if (static_cast<int64_t>(out.ids.size()) == switch_after) mode_now = later;
      },
      kNever);
  return out;
}

Generated generate(Engine& engine, FfnMode mode) { return generate(engine, mode, mode, 0); }

double sum(const PhaseTimes& t) {
  return t.attention_ms + t.predictor_ms + t.feed_forward_ms + t.head_ms + t.sampling_ms;
}

int64_t sum(const PhaseBytes& b) { return b.attention + b.predictor + b.feed_forward + b.head; }

TEST(GenerationMetricsTest, ThePhasesCoverTheTimeAndTheBytes) {
  const auto engine = Engine::load({write_tiny_model(with_predictors()), 1, 0});
  for (const FfnMode mode : {FfnMode::kDense, FfnMode::kExact, FfnMode::kPredicted}) {
    const GenerateResult result = generate(*engine, mode).result;
    const GenerationMetrics& metrics = result.metrics;
    EXPECT_LE(sum(metrics.prefill), result.prefill_ms);
    EXPECT_GT(sum(metrics.prefill), 0.5 * result.prefill_ms);
    EXPECT_LE(sum(metrics.decode), result.decode_ms);
    EXPECT_GT(sum(metrics.decode), 0.5 * result.decode_ms);
    EXPECT_EQ(sum(metrics.decode_bytes), result.decode_bytes);
    EXPECT_EQ(metrics.decode_bytes.predictor > 0, mode == FfnMode::kPredicted);
    EXPECT_EQ(metrics.decode.predictor_ms > 0, mode == FfnMode::kPredicted);
    EXPECT_EQ(metrics.prefill.predictor_ms, 0);
  }
}

TEST(GenerationMetricsTest, EveryLayerCountsWhatItReads) {
  const TinyModel model = with_predictors();
  const auto engine = Engine::load({write_tiny_model(model), 2, 0});
  const int64_t all = kSteps * model.d_ff;
  for (const LayerCounts& dense : generate(*engine, FfnMode::kDense).result.metrics.layers) {
    EXPECT_EQ(dense.gate_rows, all);
    EXPECT_EQ(dense.up_rows, all);
    EXPECT_EQ(dense.predicted, 0);
    EXPECT_LT(dense.active, all);
  }
  for (const LayerCounts& exact : generate(*engine, FfnMode::kExact).result.metrics.layers) {
    EXPECT_EQ(exact.gate_rows, all);
    EXPECT_LT(exact.up_rows, all);
    EXPECT_LE(exact.active, exact.up_rows);
  }
  for (const LayerCounts& layer : generate(*engine, FfnMode::kPredicted).result.metrics.layers) {
    EXPECT_LT(layer.gate_rows, all);
    EXPECT_EQ(layer.predicted, layer.gate_rows);
    EXPECT_LE(layer.up_rows, layer.gate_rows);
    EXPECT_LE(layer.active, layer.up_rows);
  }
}

TEST(GenerationMetricsTest, DenseAndExactFindTheSameActiveNeurons) {
  const auto engine = Engine::load({write_tiny_model({}), 2, 0});
  const auto dense = generate(*engine, FfnMode::kDense).result.metrics;
  const auto exact = generate(*engine, FfnMode::kExact).result.metrics;
  for (size_t layer = 0; layer < dense.layers.size(); ++layer)
    EXPECT_EQ(dense.layers[layer].active, exact.layers[layer].active);
  EXPECT_EQ(dense.trace.active, exact.trace.active);
}

TEST(GenerationMetricsTest, TheTraceHoldsOneRowAStep) {
  const auto engine = Engine::load({write_tiny_model({}), 1, 0});
  const GenerationMetrics metrics = generate(*engine, FfnMode::kExact).result.metrics;
  ASSERT_EQ(metrics.trace.steps, kSteps);
  ASSERT_EQ(metrics.trace.active.size(), static_cast<size_t>(kSteps * 2));
  EXPECT_EQ(metrics.trace.computed, std::vector<uint8_t>(static_cast<size_t>(kSteps * 2), 255));
  double of_trace = 0;
  for (int64_t step = 0; step < kSteps; ++step)
    of_trace += metrics.trace.active[static_cast<size_t>(step * 2)] / 255.0 / kSteps;
  const double of_counts = static_cast<double>(metrics.layers[0].active) / (kSteps * 224.0);
  EXPECT_NEAR(of_trace, of_counts, 0.5 / 255);
}

TEST(GenerationMetricsTest, TheTraceOfALongAnswerKeepsItsNewestSteps) {
  const auto engine = Engine::load({write_tiny_model({}), 1, 0});
  const int64_t steps = kTraceSteps + 10;
  const LayerTrace whole =
      generate(*engine, FfnMode::kExact, FfnMode::kExact, 0, steps + 1).result.metrics.trace;
  ASSERT_EQ(whole.steps, kTraceSteps);
  ASSERT_EQ(whole.active.size(), static_cast<size_t>(kTraceSteps * 2));
  // The same greedy answer, ended early: its newest rows are older rows of the long one.
  const LayerTrace early =
      generate(*engine, FfnMode::kExact, FfnMode::kExact, 0, kTraceSteps + 1).result.metrics.trace;
  const std::vector<uint8_t> expected(early.active.begin() + 20, early.active.end());
  EXPECT_EQ(std::vector<uint8_t>(whole.active.begin(), whole.active.end() - 20), expected);
}

TEST(GenerationMetricsTest, AWarmUpHasPrefillTimesAndNoSteps) {
  const auto engine = Engine::load({write_tiny_model({}), 1, 0});
  const GenerateResult result = generate(*engine, FfnMode::kExact, FfnMode::kExact, 0, 0).result;
  EXPECT_GT(sum(result.metrics.prefill), 0);
  EXPECT_EQ(result.metrics.steps.total(), 0);
}

TEST(ModeSwitchTest, FromDenseToExactBetweenTwoTokensChangesNoBit) {
  const auto engine = Engine::load({write_tiny_model({}), 2, 0});
  const Generated dense = generate(*engine, FfnMode::kDense);
  const Generated mixed = generate(*engine, FfnMode::kDense, FfnMode::kExact, 5);
  EXPECT_EQ(mixed.ids, dense.ids);
  EXPECT_TRUE(test::same_bits(mixed.log_probs, dense.log_probs));
  EXPECT_EQ(mixed.result.metrics.steps.dense, 4) << "the fifth token is fed back in exact mode";
  EXPECT_EQ(mixed.result.metrics.steps.exact, kSteps - 4);
  EXPECT_LT(mixed.result.decode_bytes, dense.result.decode_bytes);
}

TEST(ModeSwitchTest, ToPredictedReadsLessFromTheNextTokenOn) {
  const auto engine = Engine::load({write_tiny_model(with_predictors()), 2, 0});
  const Generated dense = generate(*engine, FfnMode::kDense);
  const Generated mixed = generate(*engine, FfnMode::kDense, FfnMode::kPredicted, 5);
  EXPECT_EQ(mixed.result.metrics.steps.dense, 4);
  EXPECT_EQ(mixed.result.metrics.steps.predicted, kSteps - 4);
  EXPECT_LT(mixed.result.decode_bytes, dense.result.decode_bytes);
  const LayerTrace& trace = mixed.result.metrics.trace;
  for (int64_t step = 0; step < kSteps; ++step) {
    const uint8_t computed = trace.computed[static_cast<size_t>(step * 2)];
    if (step < 4) {
      EXPECT_EQ(computed, 255) << step;
    } else {
      EXPECT_LT(computed, 255) << step;
    }
  }
}

TEST(ModeSwitchTest, AModeThatTheModelLacksIsRefused) {
  const auto engine = Engine::load({write_tiny_model({}), 1, 0});
  engine->check_mode(FfnMode::kDense);
  engine->check_mode(FfnMode::kExact);
  EXPECT_EQ(code_of([&] { engine->check_mode(FfnMode::kPredicted); }), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(engine->info().has_silent_neurons);
  TinyModel silu;
  silu.architecture = "llama";
  EXPECT_FALSE(Engine::load({write_tiny_model(silu), 1, 0})->info().has_silent_neurons);
}

}  // namespace
}  // namespace bamboo
