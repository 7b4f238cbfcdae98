// How often each neuron was active, against the sums that requests report.
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <tuple>
#include <vector>

#include "bamboo/engine.h"
#include "engine_checks.h"
#include "tiny_model.h"

namespace bamboo {
namespace {

using test::kNever;
using test::TinyModel;
using test::write_tiny_model;

TinyModel output_major() {
  TinyModel model;
  model.neuron_major_down = false;
  return model;
}

GenerateResult generate(
    Engine& engine, FfnMode mode, int64_t max_draft_tokens,
    const std::atomic<bool>& cancel = kNever, const std::function<void()>& on_token = [] {}) {
  std::vector<int32_t> prompt(40);
  for (size_t i = 0; i < prompt.size(); ++i) prompt[i] = static_cast<int32_t>(3 + i % 7);
  GenerateParams params;
  params.prompt = prompt;
  params.max_tokens = 24;
  params.mode = mode;
  params.max_draft_tokens = max_draft_tokens;
  engine.reset();
  return engine.generate(
      params, [&](const TokenEvent&) { on_token(); }, cancel);
}

std::vector<int64_t> sums_per_layer(const NeuronActivityCounts& counts, size_t n_layers) {
  const size_t d_ff = counts.active.size() / n_layers;
  std::vector<int64_t> sums;
  for (size_t layer = 0; layer < n_layers; ++layer) {
    const auto begin = counts.active.begin() + static_cast<int64_t>(layer * d_ff);
    sums.push_back(std::accumulate(begin, begin + static_cast<int64_t>(d_ff), int64_t{0}));
  }
  return sums;
}

using Case = std::tuple<FfnMode, int64_t, bool>;  // mode, tokens guessed ahead, down by output

class Activity : public testing::TestWithParam<Case> {
 protected:
  FfnMode mode() const { return std::get<0>(GetParam()); }
  int64_t max_draft_tokens() const { return std::get<1>(GetParam()); }
  std::unique_ptr<Engine> load(int threads) {
    TinyModel model = std::get<2>(GetParam()) ? output_major() : TinyModel{};
    if (mode() == FfnMode::kPredicted) {
      model.predictor_rank = 64;
      model.thresholds = {0, 0};
    }
    return Engine::load({.model_path = write_tiny_model(model), .threads = threads});
  }
};

TEST_P(Activity, AddsUpToTheActiveNeuronsOfTheRequests) {
  const auto engine = load(2);
  const size_t n_layers = 2;
  EXPECT_EQ(engine->neuron_activity().steps, 0);
  std::vector<int64_t> active(n_layers);
  int64_t steps = 0;
  for (int request = 0; request < 2; ++request) {
    const GenerateResult result = generate(*engine, mode(), max_draft_tokens());
    for (size_t i = 0; i < n_layers; ++i) active[i] += result.metrics.layers[i].active;
    steps += result.metrics.steps.total();
  }
  const NeuronActivityCounts counts = engine->neuron_activity();
  EXPECT_EQ(counts.steps, steps);
  EXPECT_EQ(sums_per_layer(counts, n_layers), active);
  EXPECT_GT(active[0], 0);
}

TEST_P(Activity, DoesNotDependOnTheNumberOfThreads) {
  const auto one = load(1);
  const auto two = load(2);
  generate(*one, mode(), max_draft_tokens());
  generate(*two, mode(), max_draft_tokens());
  EXPECT_EQ(one->neuron_activity().active, two->neuron_activity().active);
}

TEST_P(Activity, CountsNeitherProbesNorLogits) {
  const auto engine = load(1);
  const std::vector<int32_t> tokens = {3, 4, 5, 6};
  engine->logits(tokens, 1, mode());
  engine->probe({.tokens = tokens, .first = 2, .mode = mode()}, kNever);
  const NeuronActivityCounts counts = engine->neuron_activity();
  EXPECT_EQ(counts.steps, 0);
  EXPECT_EQ(sums_per_layer(counts, 2), (std::vector<int64_t>{0, 0}));
}

// What a dashboard does; a race would be seen by the thread sanitizer.
TEST_P(Activity, MayBeReadWhileARequestRuns) {
  const auto engine = load(2);
  int64_t last = 0;
  generate(*engine, mode(), max_draft_tokens(), kNever, [&] {
    const int64_t steps = engine->neuron_activity().steps;
    EXPECT_GE(steps, last);
    last = steps;
  });
  EXPECT_GT(last, 0);
}

INSTANTIATE_TEST_SUITE_P(Modes, Activity,
                         testing::Combine(testing::Values(FfnMode::kDense, FfnMode::kExact,
                                                          FfnMode::kPredicted),
                                          testing::Values(0, kMaxDraftTokens), testing::Bool()));

TEST(ModelInfo, NamesTheMemoryOfTheKvCache) {
  const std::string path = write_tiny_model({});
  const ModelInfo full = Engine::load({.model_path = path, .threads = 1})->info();
  const ModelInfo half =
      Engine::load({.model_path = path, .threads = 1, .context_length = 128})->info();
  // Keys and values in f16: 2 layers, 2 heads of 16, 256 positions.
  EXPECT_EQ(full.kv_bytes, 2 * 2 * 2 * 16 * 256 * 2);
  EXPECT_EQ(half.kv_bytes * 2, full.kv_bytes);
}

TEST(ModelInfo, IsDescribedAlikeWithoutLoadingTheFile) {
  const std::string path = write_tiny_model({});
  const ModelInfo loaded = Engine::load({.model_path = path, .threads = 1})->info();
  const ModelInfo described = describe_model(path);
  EXPECT_EQ(described.architecture, loaded.architecture);
  EXPECT_EQ(described.parameter_count, loaded.parameter_count);
  EXPECT_EQ(described.trained_context_length, loaded.trained_context_length);
  EXPECT_EQ(described.has_predictors, loaded.has_predictors);
  EXPECT_EQ(described.has_silent_neurons, loaded.has_silent_neurons);
}

TEST(ModelInfo, OfAFileThatCannotBeLoadedIsTheSameError) {
  TinyModel model;
  model.architecture = "mamba";
  const std::string path = write_tiny_model(model);
  EXPECT_EQ(test::code_of([&] { describe_model(path); }), ErrorCode::kUnsupportedArchitecture);
}

}  // namespace
}  // namespace bamboo
