// The forward pass: tokens in, logits out, one call per box of the textbook figure.
// Knows nothing of sampling, text or requests.
#ifndef BAMBOO_MODEL_TRANSFORMER_H_
#define BAMBOO_MODEL_TRANSFORMER_H_

#include <atomic>
#include <cstdint>
#include <span>

#include "bamboo/engine.h"
#include "kernels/kernel_table.h"
#include "model/activations.h"
#include "model/kv_cache.h"
#include "model/model_config.h"
#include "model/rope_table.h"
#include "model/weights.h"
#include "threading/thread_pool.h"

namespace bamboo {

// Everything a layer needs that does not change between layers.
struct ForwardContext {
  const ModelConfig& config;
  const KernelTable& kernels;
  const RopeTable& rope;
  ThreadPool& pool;
  KvCache& cache;
  Activations& act;
  FfnMode mode;
};

inline ForwardContext with_mode(const ForwardContext& c, FfnMode mode) {
  return {c.config, c.kernels, c.rope, c.pool, c.cache, c.act, mode};
}

// Counts of one or more decode steps.
struct DecodeCounters {
  int64_t weight_bytes = 0;
  int64_t neurons = 0;            // n_layers * d_ff per token
  int64_t predicted_neurons = 0;  // gate rows read because the predictor asked for them
  int64_t active_neurons = 0;     // with a non-zero activation
};

// Runs `tokens` (1 to chunk_capacity) at the positions after the cache's length and appends them to
// it. Returns false, leaving the cache's length as it was, when `cancel` was set; it is looked at
// before every layer. decode: each token is a decode step, with the arithmetic, the neuron mask and
// the bits of a pass of its own, also when several (at most kMaxDecodeColumns) are verified
// together; steps are counted into `counters` when not null. In predicted mode a single token is
// masked by the predictor, whatever it is for: callers that prefill choose another mode
// (prefill_mode in generation_loop.h).
bool forward(const ForwardContext& context, const Weights& weights, std::span<const int32_t> tokens,
             bool decode, const std::atomic<bool>& cancel, DecodeCounters* counters);

// Logits [count, vocab_size] of the last `count` tokens of the last forward() of n_tokens.
void compute_logits(const ForwardContext& context, const Weights& weights, int64_t n_tokens,
                    int64_t count, float* logits);

// x += attention(x) for the chunk's n_tokens at positions first.. (attention.cc)
void attention_block(const ForwardContext& context, const LayerWeights& w, int64_t layer,
                     int64_t first, int64_t n_tokens);

// x += feed_forward(x) (feed_forward.cc)
void feed_forward_block(const ForwardContext& context, const LayerWeights& w, int64_t n_tokens,
                        bool decode, DecodeCounters* counters);

// act.normed = rms_norm(act.residual) * weight for n_tokens rows, and its packed form.
ActivationView norm_and_pack(const ForwardContext& context, const float* weight, int64_t n_tokens);

}  // namespace bamboo

#endif  // BAMBOO_MODEL_TRANSFORMER_H_
