// The int8 KV cache in the whole engine: close to f16, half the bytes, and as reproducible.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "bamboo/engine.h"
#include "engine_checks.h"
#include "tiny_model.h"

namespace bamboo {
namespace {

using test::kNever;
using test::same_bits;
using test::write_tiny_model;

std::vector<int32_t> some_tokens() {
  std::vector<int32_t> tokens;
  for (int32_t i = 0; i < 60; ++i) tokens.push_back(i * i * 5 % 131);
  return tokens;
}

GenerateResult generate(Engine& engine, int64_t max_draft_tokens, std::vector<float>& log_probs) {
  const std::vector<int32_t> prompt = some_tokens();
  GenerateParams params;
  params.prompt = prompt;
  params.max_tokens = 60;
  params.max_draft_tokens = max_draft_tokens;
  return engine.generate(
      params, [&](const TokenEvent& event) { log_probs.push_back(event.log_prob); }, kNever);
}

TEST(KvTypeTest, LogitsOfInt8AreCloseToThoseOfF16) {
  const std::string path = write_tiny_model({});
  const auto f16 =
      Engine::load({path, 1, 0, KvType::kF16})->logits(some_tokens(), 1, FfnMode::kExact);
  const auto q8 =
      Engine::load({path, 1, 0, KvType::kQ8})->logits(some_tokens(), 1, FfnMode::kExact);
  EXPECT_FALSE(same_bits(f16, q8));
  double difference = 0;
  double square = 0;
  for (size_t i = 0; i < f16.size(); ++i) {
    difference += std::pow(f16[i] - q8[i], 2);
    square += std::pow(f16[i], 2);
  }
  // An int8 element is off by 1/254 of its position's largest, a standard deviation of a few 0.1 %.
  EXPECT_LT(std::sqrt(difference / square), 0.02);
}

TEST(KvTypeTest, ThreadsChunksAndGuessesChangeNothingWithInt8) {
  const std::string path = write_tiny_model({});
  const auto engine = Engine::load({path, 1, 0, KvType::kQ8});
  const auto two = Engine::load({path, 2, 0, KvType::kQ8});
  const auto expected = engine->logits(some_tokens(), 1, FfnMode::kExact);
  for (const int64_t chunk : {0, 7, 16}) {
    EXPECT_TRUE(same_bits(expected, two->logits(some_tokens(), chunk, FfnMode::kExact))) << chunk;
  }
  std::vector<float> plain;
  std::vector<float> guessed;
  generate(*engine, 0, plain);
  EXPECT_GT(generate(*two, 15, guessed).accepted_tokens, 0);
  EXPECT_TRUE(same_bits(plain, guessed));
}

TEST(KvTypeTest, Int8ReadsFewerBytes) {
  const std::string path = write_tiny_model({});
  std::vector<float> ignored;
  const auto bytes = [&](KvType type) {
    return generate(*Engine::load({path, 1, 0, type}), 0, ignored).decode_bytes;
  };
  EXPECT_LT(bytes(KvType::kQ8), bytes(KvType::kF16));
}

}  // namespace
}  // namespace bamboo
