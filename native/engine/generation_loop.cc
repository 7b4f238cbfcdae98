#include "engine/generation_loop.h"

#include <algorithm>
#include <chrono>

#include "engine/decode_stream.h"
#include "engine/sampler.h"
#include "engine/stop_matcher.h"

namespace bamboo {
namespace {

class Stopwatch {
 public:
  double elapsed_ms() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_)
        .count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

bool contains(std::span<const int32_t> tokens, int32_t token) {
  return std::find(tokens.begin(), tokens.end(), token) != tokens.end();
}

// Decodes until a stop and returns why; counts result.generated_tokens.
StopReason decode(const ForwardContext& c, DecodeStream& stream, const Vocabulary& vocabulary,
                  const GenerateParams& params, const TokenSink& sink,
                  const std::atomic<bool>& cancel, GenerateResult& result) {
  Sampler sampler(c.kernels, params.sampling, c.config.vocab_size);
  for (const int32_t token :
       params.prompt.last(std::min(params.prompt.size(), Sampler::kPenaltyWindow))) {
    sampler.observe(token);
  }
  StopMatcher matcher(params.stop_strings);
  const auto end = [&](StopReason reason) {
    if (const std::string rest = matcher.flush(); !rest.empty()) sink({-1, 0, rest});
    return reason;
  };
  for (;;) {
    if (cancel.load(std::memory_order_relaxed)) return StopReason::kCancelled;
    const SampledToken token = sampler.sample(stream.logits());
    if (contains(params.stop_tokens, token.id)) return end(StopReason::kEndToken);
    ++result.generated_tokens;
    sampler.observe(token.id);
    const StopMatcher::Step step = matcher.push(vocabulary[token.id]);
    sink({token.id, token.log_prob, step.text});
    if (step.stopped) return StopReason::kStopString;
    if (result.generated_tokens >= params.max_tokens) return end(StopReason::kMaxTokens);
    if (stream.length() >= c.cache.capacity()) return end(StopReason::kContextFull);
    end_phase(c.clock, Phase::kSampling);
    if (!stream.advance(token.id, params.max_tokens - result.generated_tokens, cancel))
      return StopReason::kCancelled;
  }
}

}  // namespace

bool prefill(const ForwardContext& context, const Weights& weights, std::span<const int32_t> tokens,
             int64_t chunk_size, const std::atomic<bool>& cancel) {
  const ForwardContext c = prefill_context(context);
  while (!tokens.empty()) {
    const size_t n = std::min(tokens.size(), static_cast<size_t>(chunk_size));
    if (!forward(c, weights, tokens.first(n), false, cancel, nullptr)) return false;
    tokens = tokens.subspan(n);
  }
  return true;
}

GenerateResult run_generation(const ForwardContext& c, const Weights& weights,
                              const Vocabulary& vocabulary, const GenerateParams& params,
                              const TokenSink& sink, const std::atomic<bool>& cancel,
                              PromptLookup& lookup, std::span<float> logits) {
  GenerateResult result;
  result.prompt_tokens = static_cast<int64_t>(params.prompt.size());
  const Stopwatch prefill_watch;
  PhaseClock prefill_clock;
  result.reused_tokens = c.cache.truncate_to_common_prefix(params.prompt);
  const auto rest = params.prompt.subspan(static_cast<size_t>(result.reused_tokens));
  const ForwardContext prefilling = with_clock(c, prefill_clock);
  const bool complete = prefill(prefilling, weights, rest, c.act.chunk_capacity, cancel);
  if (complete && params.max_tokens > 0) {
    const auto last_chunk = (static_cast<int64_t>(rest.size()) - 1) % c.act.chunk_capacity + 1;
    compute_logits(prefilling, weights, last_chunk, 1, logits.data());
  }
  result.metrics.prefill = prefill_clock.times();
  result.prefill_ms = prefill_watch.elapsed_ms() - prefill_clock.skipped_ms();
  if (!complete) {
    result.stop_reason = StopReason::kCancelled;
    return result;
  }
  if (params.max_tokens == 0) return result;  // warm-up: fills the cache only

  const Stopwatch decode_watch;
  PhaseClock decode_clock;
  const ForwardContext decode_context = with_clock(c, decode_clock);
  DecodeStream stream(decode_context, weights, params, lookup, logits);
  result.stop_reason = decode(decode_context, stream, vocabulary, params, sink, cancel, result);
  end_phase(&decode_clock, Phase::kSampling);
  result.decode_ms = decode_watch.elapsed_ms() - decode_clock.skipped_ms();
  result.metrics.decode = decode_clock.times();
  stream.report(result);
  return result;
}

}  // namespace bamboo
