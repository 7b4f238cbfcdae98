// Prefill, then decode, sample and emit until something ends it.
#ifndef BAMBOO_ENGINE_GENERATION_LOOP_H_
#define BAMBOO_ENGINE_GENERATION_LOOP_H_

#include <atomic>
#include <vector>

#include "bamboo/engine.h"
#include "engine/prompt_lookup.h"
#include "engine/vocabulary.h"
#include "model/transformer.h"

namespace bamboo {

// Tokens that one prefill step runs together. Larger chunks read the weights less often; after 256
// little is won, and a request that was cancelled waits for at most a layer of it.
inline constexpr int64_t kPrefillChunk = 256;

// Prefill masks nothing: whatever the chunks are, the same prompt gives the same bits.
inline FfnMode prefill_mode(FfnMode mode) {
  return mode == FfnMode::kPredicted ? FfnMode::kExact : mode;
}

// `context` as prefill runs it.
inline ForwardContext prefill_context(const ForwardContext& context) {
  ForwardContext c = with_mode(context, prefill_mode(context.mode));
  c.arithmetic = Arithmetic::kPrefill;
  return c;
}

// Runs `tokens` in chunks of at most chunk_size. False when cancelled.
bool prefill(const ForwardContext& context, const Weights& weights, std::span<const int32_t> tokens,
             int64_t chunk_size, const std::atomic<bool>& cancel);

// Arguments are already checked. logits: a buffer of [1 + max_draft_tokens, vocab_size] floats.
GenerateResult run_generation(const ForwardContext& context, const Weights& weights,
                              const Vocabulary& vocabulary, const GenerateParams& params,
                              const TokenSink& sink, const std::atomic<bool>& cancel,
                              PromptLookup& lookup, std::span<float> logits);

}  // namespace bamboo

#endif  // BAMBOO_ENGINE_GENERATION_LOOP_H_
