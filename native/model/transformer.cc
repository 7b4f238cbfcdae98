#include "model/transformer.h"

#include "model/projection.h"

namespace bamboo {
namespace {

// Shares out what one layer added to the sums since `before`.
void count_layer(const LayerWeights& w, const DecodeSums& before, DecodeCounters& counters,
                 LayerCounts& layer) {
  layer.gate_rows += counters.gate_rows - before.gate_rows;
  layer.predicted += counters.predicted_neurons - before.predicted_neurons;
  layer.up_rows += counters.up_rows - before.up_rows;
  layer.active += counters.active_neurons - before.active_neurons;
  const int64_t predictor = counters.predictor_bytes - before.predictor_bytes;
  counters.bytes.predictor += predictor;
  counters.bytes.feed_forward += counters.weight_bytes - before.weight_bytes - predictor;
  counters.bytes.attention += w.q.bytes() + w.k.bytes() + w.v.bytes() + w.attn_output.bytes();
}

void wait_while_paused(const ForwardContext& c, const std::atomic<bool>& cancel) {
  if (c.pause == nullptr || !c.pause->paused()) return;
  end_phase(c.clock, Phase::kAttention);
  c.pause->wait(cancel);
  if (c.clock != nullptr) c.clock->skip();
}

}  // namespace

ActivationView norm_and_pack(const ForwardContext& c, const float* weight, int64_t n_tokens) {
  const int64_t d = c.config.d_model;
  c.pool.for_each(n_tokens, 16, [&](int64_t begin, int64_t end, int) {
    for (int64_t t = begin; t < end; ++t) {
      c.kernels.rms_norm(c.act.residual.data() + t * d, weight, d, c.config.norm_epsilon,
                         c.act.normed.data() + t * d);
    }
  });
  return pack_input(c, c.act.normed.data(), n_tokens, d);
}

bool forward(const ForwardContext& c, const Weights& weights, std::span<const int32_t> tokens,
             bool decode, const std::atomic<bool>& cancel, DecodeCounters* counters) {
  const auto n_tokens = static_cast<int64_t>(tokens.size());
  const int64_t first = c.cache.length();
  for (int64_t t = 0; t < n_tokens; ++t) {
    c.kernels.dequantize_row(weights.embedding, tokens[static_cast<size_t>(t)],
                             c.act.residual.data() + t * c.config.d_model);
  }
  int64_t layer = 0;
  for (const LayerWeights& w : weights.layers) {
    wait_while_paused(c, cancel);
    if (cancel.load(std::memory_order_relaxed)) return false;
    const DecodeSums before = counters == nullptr ? DecodeSums{} : *counters;
    if (counters != nullptr) {
      counters->activity = c.activity == nullptr ? nullptr : c.activity->layer(layer);
    }
    attention_block(c, w, layer, first, n_tokens);
    end_phase(c.clock, Phase::kAttention);
    feed_forward_block(c, w, n_tokens, decode, counters);
    end_phase(c.clock, Phase::kFeedForward);
    if (counters != nullptr) {
      count_layer(w, before, *counters, counters->layers[static_cast<size_t>(layer)]);
    }
    ++layer;
  }
  if (counters != nullptr) {
    if (c.activity != nullptr) c.activity->add_steps(n_tokens);
    counters->bytes.head += weights.embedding.stride() * n_tokens + weights.output.bytes();
  }
  c.cache.append(tokens, decode);
  return true;
}

void compute_logits(const ForwardContext& c, const Weights& weights, int64_t n_tokens,
                    int64_t count, float* logits) {
  const int64_t d = c.config.d_model;
  const int64_t skipped = n_tokens - count;
  float* normed = c.act.normed.data();
  for (int64_t t = 0; t < count; ++t) {
    c.kernels.rms_norm(c.act.residual.data() + (skipped + t) * d, weights.output_norm.data(), d,
                       c.config.norm_epsilon, normed + t * d);
  }
  const ActivationView x = pack(c.kernels, c.pool, normed, count, d, c.act.packed.data());
  parallel_matmul(c.kernels, c.pool, x, {{&weights.output, logits}});
  end_phase(c.clock, Phase::kHead);
}

}  // namespace bamboo
