// The forward pass: tokens in, logits out, one call per box of the textbook figure.
// Knows nothing of sampling, text or requests.
#ifndef BAMBOO_MODEL_TRANSFORMER_H_
#define BAMBOO_MODEL_TRANSFORMER_H_

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "bamboo/engine.h"
#include "bamboo/generation_metrics.h"
#include "kernels/kernel_table.h"
#include "model/activations.h"
#include "model/kv_cache.h"
#include "model/model_config.h"
#include "model/neuron_activity.h"
#include "model/phase_clock.h"
#include "model/rope_table.h"
#include "model/weights.h"
#include "threading/thread_pool.h"

namespace bamboo {

class FfnProbe;

// What the rows of a forward pass are for. Each kind has its own arithmetic, which must not depend
// on how many rows there are: the keys and values of a prompt are the same bits in any chunk, and
// checking several decoded tokens at once gives what decoding them one by one gives.
enum class Arithmetic : uint8_t {
  kDecode,
  kPrefill,
};

// Everything a layer needs that does not change between layers.
struct ForwardContext {
  const ModelConfig& config;
  const KernelTable& kernels;
  const RopeTable& rope;
  ThreadPool& pool;
  KvCache& cache;
  Activations& act;
  FfnMode mode;
  Arithmetic arithmetic = Arithmetic::kDecode;
  PhaseClock* clock = nullptr;  // where phases are timed; null: not at all
  FfnProbe* probe = nullptr;    // looks at every feed-forward block of single tokens, when set
  PauseGate* pause = nullptr;   // where forward() waits before every layer, when set
  NeuronActivity* activity = nullptr;  // counts the neurons of steps that have counters, when set
};

inline ForwardContext with_mode(const ForwardContext& c, FfnMode mode) {
  ForwardContext copy = c;
  copy.mode = mode;
  return copy;
}

inline ForwardContext with_clock(const ForwardContext& c, PhaseClock& clock) {
  ForwardContext copy = c;
  copy.clock = &clock;
  return copy;
}

// Sums that the feed-forward blocks of a decode step add to.
struct DecodeSums {
  int64_t weight_bytes = 0;       // read by them
  int64_t predictor_bytes = 0;    // of weight_bytes
  int64_t neurons = 0;            // n_layers * d_ff per token
  int64_t gate_rows = 0;          // read
  int64_t predicted_neurons = 0;  // of gate_rows, read because the predictor asked for them
  int64_t up_rows = 0;            // read
  int64_t active_neurons = 0;     // with a non-zero activation
};

// Counts of one decode step: the sums, and how forward() shares them out among layers and phases.
struct DecodeCounters : DecodeSums {
  std::vector<LayerCounts> layers;    // [n_layers]
  PhaseBytes bytes;                   // without keys and values
  NeuronCounter* activity = nullptr;  // [d_ff], of the layer that forward() is in; null: none
};

// Runs `tokens` (1 to chunk_capacity) at the positions after the cache's length and appends them to
// it. Returns false, leaving the cache's length as it was, when `cancel` was set; it and the pause
// gate are looked at before every layer. decode: each token is a decode step, with the arithmetic,
// the neuron mask and the bits of a pass of its own, also when several (at most kMaxDecodeColumns)
// are verified together; steps are counted into `counters` when not null. In predicted mode a
// single token is masked by the predictor, whatever it is for: callers that prefill choose another
// mode (prefill_mode in generation_loop.h).
bool forward(const ForwardContext& context, const Weights& weights, std::span<const int32_t> tokens,
             bool decode, const std::atomic<bool>& cancel, DecodeCounters* counters);

// Logits [count, vocab_size], in decode arithmetic whatever the context says, of the last `count`
// tokens of the last forward() of n_tokens.
void compute_logits(const ForwardContext& context, const Weights& weights, int64_t n_tokens,
                    int64_t count, float* logits);

// x += attention(x) for the chunk's n_tokens at positions first.. (attention.cc)
void attention_block(const ForwardContext& context, const LayerWeights& w, int64_t layer,
                     int64_t first, int64_t n_tokens);

// x += feed_forward(x) (feed_forward.cc)
void feed_forward_block(const ForwardContext& context, const LayerWeights& w, int64_t n_tokens,
                        bool decode, DecodeCounters* counters);

// act.normed = rms_norm(act.residual) * weight for n_tokens rows, and its packed form for
// project() (projection.h).
ActivationView norm_and_pack(const ForwardContext& context, const float* weight, int64_t n_tokens);

}  // namespace bamboo

#endif  // BAMBOO_MODEL_TRANSFORMER_H_
