// A request that gives way: it stops at the gate, goes on with the same bits, and can be cancelled
// while it waits.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include "bamboo/engine.h"
#include "bamboo/pause_gate.h"
#include "engine_checks.h"
#include "tiny_model.h"

namespace bamboo {
namespace {

using Clock = std::chrono::steady_clock;
using test::kNever;
using test::TinyModel;
using test::write_tiny_model;

constexpr int64_t kTokens = 12;
constexpr size_t kBeforePause = 3;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

struct Request {
  explicit Request(PauseGate* gate) {
    std::iota(prompt.begin(), prompt.end(), 3);
    params.prompt = prompt;
    params.max_tokens = kTokens;
    params.max_draft_tokens = 0;  // every token needs a forward pass of its own
    params.pause = gate;
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  GenerateResult run(Engine& engine, const std::function<void()>& on_token,
                     const std::atomic<bool>& cancel) {
    engine.reset();
    const auto sink = [&](const TokenEvent& event) {
      ids.push_back(event.id);
      log_probs.push_back(event.log_prob);
      on_token();
    };
    return engine.generate(params, sink, cancel);
  }

  std::vector<int32_t> prompt = std::vector<int32_t>(40);
  GenerateParams params;
  std::vector<int32_t> ids;
  std::vector<float> log_probs;
};

class PausedRequest : public testing::TestWithParam<int> {
 protected:
  std::unique_ptr<Engine> load() {
    return Engine::load({.model_path = write_tiny_model({}), .threads = GetParam()});
  }

  // What is urgent: something else that computes while the request is held.
  void compute_something_else() {
    Request urgent(nullptr);
    urgent.params.max_tokens = 100;
    urgent.run(
        *load(), [] {}, kNever);
  }
};

TEST_P(PausedRequest, MakesNoProgressAndThenGivesTheSameOutput) {
  const auto engine = load();
  Request whole(nullptr);
  whole.run(
      *engine, [] {}, kNever);

  PauseGate gate;
  std::atomic<bool> resumed{false};
  std::promise<void> paused;
  Clock::time_point paused_at;
  Request held(&gate);
  bool went_on_too_soon = false;
  const auto on_token = [&] {
    if (held.ids.size() == kBeforePause) {
      paused_at = Clock::now();
      gate.set_paused(true);
      paused.set_value();
    } else if (held.ids.size() > kBeforePause && !resumed) {
      went_on_too_soon = true;
    }
  };
  const Clock::time_point start = Clock::now();
  GenerateResult result;
  std::thread thread([&] { result = held.run(*engine, on_token, kNever); });
  paused.get_future().wait();
  compute_something_else();
  const double paused_ms = ms_since(paused_at);
  resumed = true;
  gate.set_paused(false);
  thread.join();
  const double wall_ms = ms_since(start);

  EXPECT_FALSE(went_on_too_soon);
  EXPECT_EQ(held.ids, whole.ids);
  EXPECT_TRUE(test::same_bits(held.log_probs, whole.log_probs));
  // Between the pause and the next layer a few microseconds are the request's own.
  EXPECT_LT(result.prefill_ms + result.decode_ms, wall_ms - 0.9 * paused_ms);
  const PhaseTimes& phases = result.metrics.decode;
  EXPECT_LE(phases.attention_ms + phases.predictor_ms + phases.feed_forward_ms + phases.head_ms +
                phases.sampling_ms,
            result.decode_ms + 1e-6);
}

TEST_P(PausedRequest, DoesNotBeginBeforeItIsResumed) {
  const auto engine = load();
  PauseGate gate;
  gate.set_paused(true);
  std::atomic<bool> resumed{false};
  bool began_too_soon = false;
  Request held(&gate);
  std::thread thread([&] {
    held.run(
        *engine, [&] { began_too_soon = began_too_soon || !resumed; }, kNever);
  });
  compute_something_else();
  resumed = true;
  gate.set_paused(false);
  thread.join();
  EXPECT_FALSE(began_too_soon);
  EXPECT_EQ(held.ids.size(), static_cast<size_t>(kTokens));
}

TEST_P(PausedRequest, IsWokenByACancellation) {
  const auto engine = load();
  PauseGate gate;
  std::atomic<bool> cancel{false};
  std::promise<void> paused;
  Request held(&gate);
  const auto on_token = [&] {
    if (held.ids.size() != kBeforePause) return;
    gate.set_paused(true);
    paused.set_value();
  };
  GenerateResult result;
  std::thread thread([&] { result = held.run(*engine, on_token, cancel); });
  paused.get_future().wait();
  cancel = true;
  gate.wake();
  thread.join();
  EXPECT_EQ(result.stop_reason, StopReason::kCancelled);
  EXPECT_EQ(held.ids.size(), kBeforePause);
  EXPECT_TRUE(gate.paused());
}

TEST_P(PausedRequest, IsWokenByACancellationBeforeItBegins) {
  const auto engine = load();
  PauseGate gate;
  gate.set_paused(true);
  std::atomic<bool> cancel{false};
  Request held(&gate);
  GenerateResult result;
  std::thread thread([&] {
    result = held.run(
        *engine, [] {}, cancel);
  });
  cancel = true;
  gate.wake();
  thread.join();
  EXPECT_EQ(result.stop_reason, StopReason::kCancelled);
  EXPECT_TRUE(held.ids.empty());
}

INSTANTIATE_TEST_SUITE_P(Threads, PausedRequest, testing::Values(1, 2));

}  // namespace
}  // namespace bamboo
