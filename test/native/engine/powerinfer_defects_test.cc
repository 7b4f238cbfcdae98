// What went wrong in PowerInfer and must not here: lost updates between threads, another layer's
// set of neurons, small activations that vanish beside large ones, the wrong activation in dense
// mode.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>
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

std::vector<int32_t> some_tokens() {
  std::vector<int32_t> tokens;
  for (int32_t i = 0; i < 24; ++i) tokens.push_back(i * i * 5 % 131);
  return tokens;
}

TinyModel with_predictors(int64_t n_layers = 2) {
  TinyModel model;
  model.predictor_rank = 64;
  model.n_layers = n_layers;
  return model;
}

// Threads that keep the cores busy while a test runs.
class BusyThreads {
 public:
  explicit BusyThreads(int count) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this] {
        while (!stop_.load(std::memory_order_relaxed)) {
        }
      });
    }
  }
  ~BusyThreads() {
    stop_.store(true);
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

// Its sparse axpy adds to a shared sum without a lock: ten runs gave nine results.
TEST(PowerInferDefects, RepeatedRunsGiveTheSameBitsAlsoBesideBusyThreads) {
  const int runs = std::getenv("BAMBOO_LONG") == nullptr ? 8 : 50;
  const std::string path = write_tiny_model(with_predictors());
  for (const FfnMode mode : {FfnMode::kDense, FfnMode::kExact, FfnMode::kPredicted}) {
    const auto expected = Engine::load({path, 1, 0})->logits(some_tokens(), 1, mode);
    for (const int busy : {0, 3}) {
      const BusyThreads load(busy);
      for (const int threads : {1, 2}) {
        const auto engine = Engine::load({path, threads, 0});
        for (int run = 0; run < runs; ++run) {
          ASSERT_TRUE(same_bits(engine->logits(some_tokens(), 1, mode), expected))
              << threads << " threads, " << busy << " busy, run " << run;
        }
      }
    }
  }
}

// Its lists of hot neurons are sorted by name: layer 10 comes before layer 2.
TEST(PowerInferDefects, WhatIsSaidOfALayerIsAppliedToThatLayer) {
  const auto engine = Engine::load({write_tiny_model(with_predictors(12)), 1, 0});
  for (const size_t silent : {size_t{2}, size_t{10}}) {
    std::vector<LayerPolicy> policy(12, {FfnMode::kPredicted, -1e30f, false});
    policy[silent].threshold = 1e30f;
    engine->set_policy(policy);
    const std::vector<int32_t> tokens = some_tokens();
    const auto layers = engine->probe({tokens, 0, 1, FfnMode::kPredicted}, kNever);
    for (size_t layer = 0; layer < layers.size(); ++layer) {
      EXPECT_EQ(layers[layer].predicted == 0, layer == silent) << layer;
    }
  }
}

// Its axpy rounds a block of 32 activations to 8 bits: what is small beside a large one becomes
// zero.
TEST(PowerInferDefects, ASmallActivationBesideALargeOneIsStillAdded) {
  constexpr int64_t kCols = 64;
  const std::vector<float> weights(2 * kCols, 1.0f);
  const auto* data = reinterpret_cast<const uint8_t*>(weights.data());
  const MatrixView rows = {DType::kF32, data, 2, kCols};
  const int32_t ids[] = {0, 1};
  const float coefficients[] = {1000.0f, 0.001f};
  for (const std::string& isa : available_isas()) {
    std::vector<float> sum(kCols);
    kernels_for(isa).axpy_rows(rows, ids, coefficients, 2, sum.data());
    for (const float value : sum) EXPECT_EQ(value, 1000.0f + 0.001f) << isa;
  }
}

// Its dense path computes SiLU for models that were trained with ReLU.
TEST(PowerInferDefects, DenseModeOfAReluModelHasItsRelu) {
  TinyModel model;
  model.architecture = "llama";
  model.hidden_act = "relu";
  const auto relu = Engine::load({write_tiny_model(model), 1, 0});
  model.hidden_act = "silu";
  const auto silu = Engine::load({write_tiny_model(model), 1, 0});
  const auto dense = relu->logits(some_tokens(), 1, FfnMode::kDense);
  EXPECT_TRUE(same_bits(dense, relu->logits(some_tokens(), 1, FfnMode::kExact)));
  EXPECT_FALSE(same_bits(dense, silu->logits(some_tokens(), 1, FfnMode::kDense)));
}

}  // namespace
}  // namespace bamboo
