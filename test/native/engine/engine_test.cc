// Loading, generating and cancelling through the public API.
#include "bamboo/engine.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "engine_checks.h"
#include "tiny_model.h"

namespace bamboo {
namespace {

using test::code_of;
using test::kNever;
using test::TinyModel;
using test::write_tiny_model;

const TokenSink kIgnore = [](const TokenEvent&) {};

std::unique_ptr<Engine> load(const TinyModel& model = {}, int threads = 1) {
  return Engine::load({write_tiny_model(model), threads, 0});
}

// One letter a token: token i is the letter 'a' + i % 26.
void give_letters(Engine& engine) {
  std::string bytes;
  std::vector<uint32_t> offsets{0};
  for (int64_t i = 0; i < engine.info().vocab_size; ++i) {
    bytes += static_cast<char>('a' + i % 26);
    offsets.push_back(static_cast<uint32_t>(bytes.size()));
  }
  engine.set_vocabulary(bytes, offsets);
}

struct Generated {
  GenerateResult result;
  std::vector<int32_t> ids;
  std::string text;
};

Generated generate(Engine& engine, const GenerateParams& params) {
  Generated out;
  out.result = engine.generate(
      params,
      [&](const TokenEvent& event) {
        if (event.id >= 0) out.ids.push_back(event.id);
        out.text += event.bytes;
      },
      kNever);
  return out;
}

const std::vector<int32_t> kPrompt{1, 5, 9, 33, 2};

TEST(EngineTest, DescribesTheModel) {
  const auto engine = load();
  const ModelInfo& info = engine->info();
  EXPECT_EQ(info.architecture, "bamboo");
  EXPECT_EQ(info.vocab_size, 131);
  EXPECT_EQ(info.context_length, 256);
  EXPECT_GT(info.parameter_count, 0);
  EXPECT_GT(info.dense_bytes_per_token, 0);
  EXPECT_FALSE(info.isa.empty());
}

TEST(EngineTest, RefusesBadOptions) {
  const std::string path = write_tiny_model({});
  EXPECT_EQ(code_of([&] { Engine::load({path, -1, 0}); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of([&] { Engine::load({path, 100000, 0}); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of([&] { Engine::load({path, 1, 257}); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of([&] { Engine::load({path + ".missing", 1, 0}); }), ErrorCode::kFileNotFound);
}

TEST(EngineTest, RefusesModelsItWouldComputeWrongly) {
  TinyModel other;
  other.architecture = "gpt2";
  EXPECT_EQ(code_of([&] { load(other); }), ErrorCode::kUnsupportedArchitecture);
  TinyModel gelu;
  gelu.architecture = "llama";
  gelu.hidden_act = "gelu";
  EXPECT_EQ(code_of([&] { load(gelu); }), ErrorCode::kUnsupportedArchitecture);
  TinyModel layout;
  layout.rope_layout = "spiral";
  EXPECT_EQ(code_of([&] { load(layout); }), ErrorCode::kUnsupportedArchitecture);
  TinyModel biased;
  biased.extra_tensor = "blk.0.attn_q.bias";
  EXPECT_EQ(code_of([&] { load(biased); }), ErrorCode::kUnsupportedArchitecture);
  TinyModel heads;
  heads.n_kv_heads = 4;  // 6 heads cannot share 4
  EXPECT_EQ(code_of([&] { load(heads); }), ErrorCode::kShapeMismatch);
}

TEST(EngineTest, RefusesBadRequests) {
  const auto engine = load();
  const auto run = [&](GenerateParams params) {
    return code_of([&] { engine->generate(params, kIgnore, kNever); });
  };
  GenerateParams empty;
  EXPECT_EQ(run(empty), ErrorCode::kInvalidArgument);
  const std::vector<int32_t> outside{1, 131};
  GenerateParams params;
  params.prompt = outside;
  EXPECT_EQ(run(params), ErrorCode::kInvalidArgument);
  const std::vector<int32_t> negative{-1};
  params.prompt = negative;
  EXPECT_EQ(run(params), ErrorCode::kInvalidArgument);
  const std::vector<int32_t> long_prompt(257, 1);
  params.prompt = long_prompt;
  EXPECT_EQ(run(params), ErrorCode::kContextOverflow);
  params.prompt = kPrompt;
  params.sampling.top_p = 0;
  EXPECT_EQ(run(params), ErrorCode::kInvalidArgument);
  params.sampling.top_p = 1;
  const std::vector<std::string> stops{"x"};
  params.stop_strings = stops;
  EXPECT_EQ(run(params), ErrorCode::kInvalidArgument) << "stop strings without a vocabulary";
  EXPECT_EQ(code_of([&] { engine->set_vocabulary("ab", {0, 1, 2}); }), ErrorCode::kInvalidArgument);
}

TEST(EngineTest, StopsAtTheTokenLimit) {
  const auto engine = load();
  give_letters(*engine);
  GenerateParams params;
  params.prompt = kPrompt;
  params.max_tokens = 7;
  const Generated out = generate(*engine, params);
  EXPECT_EQ(out.result.stop_reason, StopReason::kMaxTokens);
  EXPECT_EQ(out.ids.size(), 7u);
  EXPECT_EQ(out.text.size(), 7u);
  EXPECT_GT(out.result.decode_bytes, 0);
  EXPECT_GT(out.result.active_share, 0);
  EXPECT_LT(out.result.active_share, 0.6);
}

TEST(EngineTest, ZeroTokensOnlyWarmsTheCache) {
  const auto engine = load();
  GenerateParams params;
  params.prompt = kPrompt;
  params.max_tokens = 0;
  EXPECT_EQ(generate(*engine, params).ids.size(), 0u);
  params.max_tokens = 1;
  EXPECT_EQ(generate(*engine, params).result.reused_tokens, 4);
}

TEST(EngineTest, StopsAtAStopTokenWithoutShowingIt) {
  const auto engine = load();
  give_letters(*engine);
  GenerateParams params;
  params.prompt = kPrompt;
  params.max_tokens = 8;
  const Generated free_run = generate(*engine, params);
  const std::vector<int32_t> stop{free_run.ids[3]};
  params.stop_tokens = stop;
  const Generated stopped = generate(*engine, params);
  EXPECT_EQ(stopped.result.stop_reason, StopReason::kEndToken);
  const auto first = std::find(free_run.ids.begin(), free_run.ids.end(), stop[0]);
  EXPECT_EQ(stopped.ids, std::vector<int32_t>(free_run.ids.begin(), first));
}

TEST(EngineTest, StopsBeforeAStopStringThatSpansTokens) {
  const auto engine = load();
  give_letters(*engine);
  GenerateParams params;
  params.prompt = kPrompt;
  params.max_tokens = 8;
  const std::string text = generate(*engine, params).text;
  const std::vector<std::string> stops{text.substr(3, 2)};
  params.stop_strings = stops;
  const Generated stopped = generate(*engine, params);
  EXPECT_EQ(stopped.result.stop_reason, StopReason::kStopString);
  EXPECT_EQ(stopped.text, text.substr(0, text.find(stops[0])));
}

TEST(EngineTest, StopsWhenTheContextIsFull) {
  TinyModel model;
  model.context_length = 32;
  const auto engine = load(model);
  GenerateParams params;
  params.prompt = kPrompt;
  params.max_tokens = 1000;
  const Generated out = generate(*engine, params);
  EXPECT_EQ(out.result.stop_reason, StopReason::kContextFull);
  EXPECT_EQ(out.ids.size(), 32u - kPrompt.size() + 1);
}

TEST(EngineTest, ACancelledRequestEndsWithinOneToken) {
  const auto engine = load();
  GenerateParams params;
  params.prompt = kPrompt;
  params.max_tokens = 100;
  std::atomic<bool> cancel{false};
  int seen = 0;
  const GenerateResult result = engine->generate(
      params,
      [&](const TokenEvent&) {
        if (++seen == 3) cancel.store(true);
      },
      cancel);
  EXPECT_EQ(result.stop_reason, StopReason::kCancelled);
  EXPECT_EQ(seen, 3);
}

TEST(EngineTest, ACancelledPrefillLeavesAUsableCache) {
  const auto engine = load();
  const auto expected = generate(*engine, [] {
    GenerateParams params;
    params.prompt = kPrompt;
    params.max_tokens = 5;
    return params;
  }());
  engine->reset();
  GenerateParams params;
  params.prompt = kPrompt;
  params.max_tokens = 5;
  const std::atomic<bool> already{true};
  EXPECT_EQ(engine->generate(params, kIgnore, already).stop_reason, StopReason::kCancelled);
  EXPECT_EQ(generate(*engine, params).ids, expected.ids);
}

TEST(EngineTest, ASeedRepeatsItsSequenceAndAnotherSeedDiffers) {
  const auto engine = load();
  GenerateParams params;
  params.prompt = kPrompt;
  params.max_tokens = 24;
  params.sampling.temperature = 1.5f;
  params.sampling.seed = 42;
  const auto first = generate(*engine, params).ids;
  EXPECT_EQ(generate(*engine, params).ids, first);
  params.sampling.seed = 43;
  EXPECT_NE(generate(*engine, params).ids, first);
}

}  // namespace
}  // namespace bamboo
