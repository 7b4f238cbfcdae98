// Guessing ahead changes the time and nothing else: the same tokens, log-probabilities, text, stop
// reasons and cache as without.
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
using test::write_tiny_model;

struct Output {
  GenerateResult result;
  std::vector<int32_t> ids;
  std::vector<float> log_probs;
  std::string text;
};

Output run(Engine& engine, GenerateParams params, int64_t max_draft_tokens) {
  Output out;
  params.max_draft_tokens = max_draft_tokens;
  out.result = engine.generate(
      params,
      [&](const TokenEvent& event) {
        if (event.id >= 0) {
          out.ids.push_back(event.id);
          out.log_probs.push_back(event.log_prob);
        }
        out.text += event.bytes;
      },
      kNever);
  return out;
}

void expect_same(const Output& a, const Output& b) {
  EXPECT_EQ(a.ids, b.ids);
  EXPECT_TRUE(same_bits(a.log_probs, b.log_probs));
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.result.stop_reason, b.result.stop_reason);
  EXPECT_EQ(a.result.generated_tokens, b.result.generated_tokens);
  EXPECT_EQ(static_cast<int64_t>(a.ids.size()), a.result.generated_tokens);
}

// A small random model falls into a loop within a few tokens: what lookup is made for.
const std::vector<int32_t> kPrompt{1, 5, 9, 33, 2, 7, 11, 5, 9, 33};

GenerateParams asking_for(int64_t max_tokens, FfnMode mode = FfnMode::kExact) {
  GenerateParams params;
  params.prompt = kPrompt;
  params.max_tokens = max_tokens;
  params.mode = mode;
  return params;
}

void give_letters(Engine& engine) {
  std::string bytes;
  std::vector<uint32_t> offsets{0};
  for (int64_t i = 0; i < engine.info().vocab_size; ++i) {
    bytes += static_cast<char>('a' + i % 26);
    offsets.push_back(static_cast<uint32_t>(bytes.size()));
  }
  engine.set_vocabulary(bytes, offsets);
}

TinyModel with_predictors(const std::string& input) {
  TinyModel model;
  model.predictor_rank = 64;
  model.thresholds = {0, 0.05f};
  model.predictor_input = input;
  return model;
}

TinyModel with(void (*change)(TinyModel&)) {
  TinyModel model = with_predictors("normed");
  change(model);
  return model;
}

class SpeculationTest : public ::testing::TestWithParam<TinyModel> {};

TEST_P(SpeculationTest, ChangesNoBitInAnyModeWithAnyThreadsAndAnyLimit) {
  const std::string path = write_tiny_model(GetParam());
  int64_t accepted = 0;
  for (const FfnMode mode : {FfnMode::kDense, FfnMode::kExact, FfnMode::kPredicted}) {
    const auto params = asking_for(120, mode);
    const Output expected = run(*Engine::load({path, 1, 0}), params, 0);
    EXPECT_EQ(expected.result.drafted_tokens, 0);
    for (const int threads : {1, 2}) {
      const auto engine = Engine::load({path, threads, 0});
      for (const int64_t limit : {1, 2, 3, 4, 7, 15}) {
        const Output guessed = run(*engine, params, limit);
        expect_same(guessed, expected);
        EXPECT_LE(guessed.result.accepted_tokens, guessed.result.drafted_tokens);
        accepted += guessed.result.accepted_tokens;
      }
    }
  }
  EXPECT_GT(accepted, 100) << "the comparison must have compared something";
}

TEST_P(SpeculationTest, ChangesNoBitWhenSamplingWithAPenalty) {
  const auto engine = Engine::load({write_tiny_model(GetParam()), 2, 0});
  GenerateParams params = asking_for(120);
  params.sampling.temperature = 0.3f;
  params.sampling.top_k = 5;
  params.sampling.repetition_penalty = 1.05f;
  for (const uint64_t seed : {1, 2, 3}) {
    params.sampling.seed = seed;
    expect_same(run(*engine, params, 15), run(*engine, params, 0));
  }
}

std::string describe(const ::testing::TestParamInfo<TinyModel>& info) {
  const TinyModel& m = info.param;
  return m.architecture + "_" + traits(m.dtype).name +
         (m.hidden_act.empty() ? "" : "_" + m.hidden_act) +
         (m.neuron_major_down ? "" : "_down_by_output") + "_" + m.predictor_input;
}

INSTANTIATE_TEST_SUITE_P(Models, SpeculationTest,
                         ::testing::Values(with([](TinyModel&) {}), with([](TinyModel& m) {
                                             m.dtype = DType::kQ4_0;
                                             m.predictor_input = "residual";
                                           }),
                                           with([](TinyModel& m) {
                                             m.dtype = DType::kQ5_0;
                                             m.neuron_major_down = false;
                                           }),
                                           with([](TinyModel& m) { m.dtype = DType::kF16; }),
                                           with([](TinyModel& m) {
                                             m.architecture = "llama";
                                             m.hidden_act = "relu";
                                           }),
                                           with([](TinyModel& m) {
                                             m.architecture = "llama";
                                             m.dtype = DType::kF32;
                                           })),
                         describe);

TEST(SpeculationStopTest, EveryTokenLimitGivesTheSameOutput) {
  const auto engine = Engine::load({write_tiny_model({}), 1, 0});
  for (int64_t limit = 0; limit < 60; ++limit) {
    expect_same(run(*engine, asking_for(limit), 15), run(*engine, asking_for(limit), 0));
  }
}

TEST(SpeculationStopTest, AStopTokenInsideAGuessEndsTheOutputThere) {
  const auto engine = Engine::load({write_tiny_model({}), 1, 0});
  const Output whole = run(*engine, asking_for(60), 0);
  for (const int32_t id : whole.ids) {
    const std::vector<int32_t> stop{id};
    GenerateParams params = asking_for(60);
    params.stop_tokens = stop;
    const Output expected = run(*engine, params, 0);
    EXPECT_EQ(expected.result.stop_reason, StopReason::kEndToken);
    expect_same(run(*engine, params, 15), expected);
  }
}

TEST(SpeculationStopTest, AStopStringInsideAGuessEndsTheOutputThere) {
  const auto engine = Engine::load({write_tiny_model({}), 1, 0});
  give_letters(*engine);
  const std::string whole = run(*engine, asking_for(60), 0).text;
  for (size_t length = 2; length < 50; ++length) {
    const std::vector<std::string> stops{whole.substr(5, length)};
    GenerateParams params = asking_for(60);
    params.stop_strings = stops;
    const Output expected = run(*engine, params, 0);
    EXPECT_EQ(expected.result.stop_reason, StopReason::kStopString);
    expect_same(run(*engine, params, 15), expected);
  }
}

TEST(SpeculationStopTest, AFullContextInsideAGuessEndsTheOutputThere) {
  for (const int64_t context : {16, 32, 48, 64}) {
    TinyModel model;
    model.context_length = context;
    const auto engine = Engine::load({write_tiny_model(model), 1, 0});
    const Output expected = run(*engine, asking_for(1000), 0);
    EXPECT_EQ(expected.result.stop_reason, StopReason::kContextFull);
    expect_same(run(*engine, asking_for(1000), 15), expected);
  }
}

TEST(SpeculationStopTest, CancellingInsideAGuessEndsTheOutputThere) {
  const auto engine = Engine::load({write_tiny_model({}), 1, 0});
  const Output whole = run(*engine, asking_for(60), 0);
  for (size_t stop_after = 1; stop_after < 40; ++stop_after) {
    std::atomic<bool> cancel{false};
    std::vector<int32_t> seen;
    GenerateParams params = asking_for(60);
    params.max_draft_tokens = 15;
    const GenerateResult result = engine->generate(
        params,
        [&](const TokenEvent& event) {
          seen.push_back(event.id);
          if (seen.size() == stop_after) cancel.store(true);
        },
        cancel);
    EXPECT_EQ(result.stop_reason, StopReason::kCancelled);
    EXPECT_EQ(seen, std::vector<int32_t>(whole.ids.begin(),
                                         whole.ids.begin() + static_cast<int64_t>(stop_after)));
    expect_same(run(*engine, asking_for(20), 15), run(*engine, asking_for(20), 0));
  }
}

TEST(SpeculationCacheTest, TheNextPromptReusesAsMuchAndComputesTheSame) {
  const std::string path = write_tiny_model({});
  const auto guessing = Engine::load({path, 1, 0});
  const auto plain = Engine::load({path, 1, 0});
  std::vector<int32_t> prompt = kPrompt;
  for (int round = 0; round < 4; ++round) {
    GenerateParams params = asking_for(25);
    params.prompt = prompt;
    const Output expected = run(*plain, params, 0);
    const Output guessed = run(*guessing, params, 15);
    expect_same(guessed, expected);
    EXPECT_EQ(guessed.result.reused_tokens, expected.result.reused_tokens);
    prompt.insert(prompt.end(), expected.ids.begin(), expected.ids.begin() + 11);
    prompt.push_back(round);
  }
}

TEST(SpeculationCountTest, RepeatingTextTakesFewerPassesAndReadsFewerBytes) {
  const auto engine = Engine::load({write_tiny_model({}), 1, 0});
  const Output plain = run(*engine, asking_for(150), 0);
  const Output guessed = run(*engine, asking_for(150), 15);
  EXPECT_GT(guessed.result.accepted_tokens, 50);
  EXPECT_LT(guessed.result.decode_bytes, plain.result.decode_bytes);
}

TEST(SpeculationCountTest, ALimitOutOfRangeIsRefused) {
  const auto engine = Engine::load({write_tiny_model({}), 1, 0});
  for (const int64_t limit : {int64_t{-1}, kMaxDraftTokens + 1}) {
    EXPECT_EQ(code_of([&] { run(*engine, asking_for(1), limit); }), ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace bamboo
