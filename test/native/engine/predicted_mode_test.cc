// Decoding with predictors: what the threshold, the input and the mode change, and what they must
// not.
#include <gtest/gtest.h>

#include <string>
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

std::unique_ptr<Engine> load(const TinyModel& model, int threads = 2) {
  return Engine::load({write_tiny_model(model), threads, 0});
}

std::vector<int32_t> some_tokens() {
  std::vector<int32_t> tokens;
  for (int32_t i = 0; i < 40; ++i) tokens.push_back(i * i * 5 % 131);
  return tokens;
}

std::vector<float> decode_logits(Engine& engine, FfnMode mode) {
  return engine.logits(some_tokens(), 1, mode);
}

GenerateResult generate(Engine& engine, FfnMode mode) {
  const std::vector<int32_t> prompt = some_tokens();
  GenerateParams params;
  params.prompt = prompt;
  params.max_tokens = 10;
  params.mode = mode;
  return engine.generate(
      params, [](const TokenEvent&) {}, kNever);
}

TEST(PredictedModeTest, TakingEveryNeuronGivesTheBitsOfExactMode) {
  for (const char* input : {"normed", "residual"}) {
    const auto engine = load(with_predictors(kTakeAll, input));
    EXPECT_TRUE(same_bits(decode_logits(*engine, FfnMode::kPredicted),
                          decode_logits(*engine, FfnMode::kExact)));
    EXPECT_EQ(generate(*engine, FfnMode::kPredicted).predicted_share, 1.0);
  }
}

TEST(PredictedModeTest, TakingNoneComputesNoNeuron) {
  const auto engine = load(with_predictors(kTakeNone));
  const GenerateResult result = generate(*engine, FfnMode::kPredicted);
  EXPECT_EQ(result.predicted_share, 0.0);
  EXPECT_EQ(result.active_share, 0.0);
  EXPECT_LT(result.decode_bytes, generate(*engine, FfnMode::kExact).decode_bytes);
}

TEST(PredictedModeTest, AMiddlingThresholdLeavesSomeOut) {
  const auto engine = load(with_predictors(0));
  const GenerateResult exact = generate(*engine, FfnMode::kExact);
  const GenerateResult predicted = generate(*engine, FfnMode::kPredicted);
  EXPECT_EQ(exact.predicted_share, 0.0);
  EXPECT_GT(predicted.predicted_share, 0.2);
  EXPECT_LT(predicted.predicted_share, 0.8);
  EXPECT_LT(predicted.active_share, exact.active_share);
}

TEST(PredictedModeTest, TheBiasIsPartOfTheScore) {
  TinyModel model = with_predictors(0);
  const auto without = load(model);
  model.predictor_bias = 1000;
  const auto generous = load(model);
  model.predictor_bias = -1000;
  const auto strict = load(model);
  EXPECT_LT(generate(*without, FfnMode::kPredicted).predicted_share, 1.0);
  EXPECT_EQ(generate(*generous, FfnMode::kPredicted).predicted_share, 1.0);
  EXPECT_EQ(generate(*strict, FfnMode::kPredicted).predicted_share, 0.0);
}

TEST(PredictedModeTest, TheInputThatTheFileNamesIsUsed) {
  // The norm's weights differ from 1, so the two inputs, and with them the masks, differ.
  const auto normed = load(with_predictors(0, "normed"));
  const auto residual = load(with_predictors(0, "residual"));
  EXPECT_FALSE(same_bits(decode_logits(*normed, FfnMode::kPredicted),
                         decode_logits(*residual, FfnMode::kPredicted)));
}

TEST(PredictedModeTest, ThreadsAndRepetitionChangeNothing) {
  const auto first = decode_logits(*load(with_predictors(0), 1), FfnMode::kPredicted);
  for (const int threads : {1, 2, 3}) {
    const auto engine = load(with_predictors(0), threads);
    for (int run = 0; run < 5; ++run) {
      EXPECT_TRUE(same_bits(first, decode_logits(*engine, FfnMode::kPredicted)))
          << threads << " threads, run " << run;
    }
  }
}

TEST(PredictedModeTest, PrefillIsNotMasked) {
  const auto engine = load(with_predictors(kTakeNone));
  const auto exact = engine->logits(some_tokens(), 0, FfnMode::kExact);
  for (const int64_t chunk : {0, 3, 13}) {  // 13 leaves a last chunk of one token
    EXPECT_TRUE(same_bits(exact, engine->logits(some_tokens(), chunk, FfnMode::kPredicted)))
        << "chunk " << chunk;
  }
}

TEST(PredictedModeTest, TheModeSwitchesBetweenTwoRequestsWithoutReloading) {
  const auto engine = load(with_predictors(0));
  const auto exact = decode_logits(*engine, FfnMode::kExact);
  const auto predicted = decode_logits(*engine, FfnMode::kPredicted);
  EXPECT_FALSE(same_bits(exact, predicted));
  EXPECT_TRUE(same_bits(exact, decode_logits(*engine, FfnMode::kExact)));
  EXPECT_TRUE(same_bits(predicted, decode_logits(*engine, FfnMode::kPredicted)));
}

TEST(PredictedModeTest, EveryTensorTypeWorks) {
  for (const DType dtype :
       {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0, DType::kQ5_0, DType::kQ4_0}) {
    TinyModel model = with_predictors(kTakeAll);
    model.dtype = dtype;
    const auto engine = load(model);
    EXPECT_TRUE(same_bits(decode_logits(*engine, FfnMode::kPredicted),
                          decode_logits(*engine, FfnMode::kExact)))
        << traits(dtype).name;
  }
}

TEST(PredictedModeTest, IsRefusedWithoutPredictors) {
  const auto engine = load({});
  EXPECT_FALSE(engine->info().has_predictors);
  EXPECT_EQ(code_of([&] { generate(*engine, FfnMode::kPredicted); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of([&] { decode_logits(*engine, FfnMode::kPredicted); }),
            ErrorCode::kInvalidArgument);
}

TEST(PredictedModeTest, MalformedPredictorsAreTypedErrors) {
  TinyModel half = with_predictors(0);
  half.half_a_predictor = true;
  EXPECT_EQ(code_of([&] { load(half); }), ErrorCode::kMissingTensor);
  TinyModel short_thresholds = with_predictors(0);
  short_thresholds.thresholds = {0};
  EXPECT_EQ(code_of([&] { load(short_thresholds); }), ErrorCode::kMalformedMetadata);
  TinyModel input = with_predictors(0, "future");
  EXPECT_EQ(code_of([&] { load(input); }), ErrorCode::kMalformedMetadata);
}

}  // namespace
}  // namespace bamboo
