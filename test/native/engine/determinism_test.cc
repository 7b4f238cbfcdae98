// The promises of the runtime about bits: threads, chunks, cache reuse and skipped neurons change
// nothing.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "bamboo/engine.h"
#include "engine_checks.h"
#include "kernels/dispatch.h"
#include "tiny_model.h"

namespace bamboo {
namespace {

using test::kNever;
using test::same_bits;
using test::TinyModel;
using test::write_tiny_model;

std::vector<int32_t> some_tokens(int64_t n, int64_t vocab_size) {
  std::vector<int32_t> tokens(static_cast<size_t>(n));
  for (size_t i = 0; i < tokens.size(); ++i) {
    tokens[i] = static_cast<int32_t>((i * i * 7 + i * 13 + 5) % static_cast<size_t>(vocab_size));
  }
  return tokens;
}

std::vector<int32_t> greedy(Engine& engine, const std::vector<int32_t>& prompt, int64_t n,
                            FfnMode mode = FfnMode::kExact) {
  std::vector<int32_t> ids;
  GenerateParams params;
  params.prompt = prompt;
  params.max_tokens = n;
  params.mode = mode;
  engine.generate(
      params, [&](const TokenEvent& event) { ids.push_back(event.id); }, kNever);
  return ids;
}

class EveryModel : public ::testing::TestWithParam<TinyModel> {};

TEST_P(EveryModel, ThreadsChangeNothing) {
  const std::string path = write_tiny_model(GetParam());
  const auto tokens = some_tokens(70, GetParam().vocab_size);
  const auto one = Engine::load({path, 1, 0})->logits(tokens, 0, FfnMode::kExact);
  for (const int threads : {2, 3}) {
    EXPECT_TRUE(
        same_bits(one, Engine::load({path, threads, 0})->logits(tokens, 0, FfnMode::kExact)))
        << threads;
  }
}

TEST_P(EveryModel, ThePrefillChunkChangesNothing) {
  const auto engine = Engine::load({write_tiny_model(GetParam()), 2, 0});
  const auto tokens = some_tokens(70, GetParam().vocab_size);
  const auto whole = engine->logits(tokens, 0, FfnMode::kExact);
  // 23 and 69 leave a last chunk of one token, which must not take the decode path.
  for (const int64_t chunk : {2, 7, 16, 23, 64, 69}) {
    EXPECT_TRUE(same_bits(whole, engine->logits(tokens, chunk, FfnMode::kExact)))
        << "chunk " << chunk;
  }
}

TEST_P(EveryModel, DecodedLogitsAreThePrefilledOnesOrCloseToThem) {
  const auto engine = Engine::load({write_tiny_model(GetParam()), 2, 0});
  const auto tokens = some_tokens(70, GetParam().vocab_size);
  const auto prefilled = engine->logits(tokens, 0, FfnMode::kExact);
  const auto decoded = engine->logits(tokens, 1, FfnMode::kExact);
  if (kernels_for(engine->info().isa).prefill == nullptr) {
    EXPECT_TRUE(same_bits(prefilled, decoded));
    return;
  }
  // Prefill in bf16: 0.3 % a matrix product, seven of them one after the other in each layer.
  double errors = 0;
  double squares = 0;
  for (size_t i = 0; i < decoded.size(); ++i) {
    const double error = static_cast<double>(prefilled[i]) - static_cast<double>(decoded[i]);
    errors += error * error;
    squares += static_cast<double>(decoded[i]) * static_cast<double>(decoded[i]);
  }
  EXPECT_GT(errors, 0);
  EXPECT_LT(std::sqrt(errors / squares), 0.02);
}

TEST_P(EveryModel, SkippingSilentNeuronsChangesNothing) {
  const auto engine = Engine::load({write_tiny_model(GetParam()), 2, 0});
  const auto tokens = some_tokens(40, GetParam().vocab_size);
  EXPECT_TRUE(same_bits(engine->logits(tokens, 1, FfnMode::kDense),
                        engine->logits(tokens, 1, FfnMode::kExact)));
}

TEST_P(EveryModel, CacheReuseChangesNothing) {
  const std::string path = write_tiny_model(GetParam());
  const auto engine = Engine::load({path, 2, 0});
  auto prompt = some_tokens(50, GetParam().vocab_size);
  greedy(*engine, prompt, 12);
  // The same beginning, another end: what is reused must give what a fresh cache gives.
  prompt.resize(37);
  prompt.insert(prompt.end(), {3, 1, 4, 1, 5});
  const auto reused = greedy(*engine, prompt, 12);
  const auto fresh = greedy(*Engine::load({path, 2, 0}), prompt, 12);
  EXPECT_EQ(reused, fresh);
}

TEST_P(EveryModel, ReusesTheCommonPrefixAndOnlyWhatPrefillWrote) {
  const auto engine = Engine::load({write_tiny_model(GetParam()), 1, 0});
  auto prompt = some_tokens(30, GetParam().vocab_size);
  const auto generated = greedy(*engine, prompt, 5);
  prompt.insert(prompt.end(), generated.begin(), generated.end());
  GenerateParams params;
  params.prompt = prompt;
  params.max_tokens = 1;
  const GenerateResult result = engine->generate(
      params, [](const TokenEvent&) {}, kNever);
  EXPECT_EQ(result.reused_tokens, 30);
  const GenerateResult again = engine->generate(
      params, [](const TokenEvent&) {}, kNever);
  EXPECT_EQ(again.reused_tokens, 34) << "all but the last token, whose logits are needed";
}

TEST_P(EveryModel, DecodingEqualsPrefillOfTheSameTokens) {
  const std::string path = write_tiny_model(GetParam());
  const auto prompt = some_tokens(20, GetParam().vocab_size);
  const auto engine = Engine::load({path, 2, 0});
  const auto ids = greedy(*engine, prompt, 10);
  // Greedy decoding must pick the arg-max of the logits that a teacher-forced pass computes.
  std::vector<int32_t> all = prompt;
  all.insert(all.end(), ids.begin(), ids.end());
  const auto logits = engine->logits(all, 0, FfnMode::kExact);
  const auto vocab = static_cast<size_t>(GetParam().vocab_size);
  for (size_t i = 0; i < ids.size(); ++i) {
    const float* row = logits.data() + (prompt.size() - 1 + i) * vocab;
    EXPECT_EQ(ids[i], std::max_element(row, row + vocab) - row) << "token " << i;
  }
}

TinyModel with(void (*change)(TinyModel&)) {
  TinyModel model;
  change(model);
  return model;
}

std::string describe(const ::testing::TestParamInfo<TinyModel>& info) {
  const TinyModel& m = info.param;
  return m.architecture + "_" + traits(m.dtype).name +
         (m.hidden_act.empty() ? "" : "_" + m.hidden_act) +
         (m.neuron_major_down ? "" : "_down_by_output") + (m.tied ? "" : "_untied") +
         (m.rope_layout.empty() ? "" : "_rope_" + m.rope_layout);
}

INSTANTIATE_TEST_SUITE_P(
    Models, EveryModel,
    ::testing::Values(
        with([](TinyModel&) {}), with([](TinyModel& m) { m.dtype = DType::kQ4_0, m.tied = false; }),
        with([](TinyModel& m) { m.dtype = DType::kQ5_0, m.neuron_major_down = false; }),
        with([](TinyModel& m) { m.dtype = DType::kF16, m.rope_layout = "halves"; }),
        with([](TinyModel& m) { m.dtype = DType::kF32, m.architecture = "llama"; }),
        with([](TinyModel& m) {
          m.dtype = DType::kBF16, m.architecture = "llama", m.hidden_act = "relu";
        })),
    describe);

}  // namespace
}  // namespace bamboo
