#include "model/neuron_list.h"

#include <cstring>

#include "model/feed_forward.h"

namespace bamboo {
namespace {

bool fires(float gate) { return gate > 0.0f; }

// Lists the neurons whose score (indexed by neuron) passes; returns how many.
template <class Keep>
int64_t list_neurons(const NeuronList& list, const float* scores, const Keep& keep) {
  int64_t n = 0;
  for (int64_t i = list.begin; i < list.end; ++i) {
    list.rows[n] = static_cast<int32_t>(i);
    n += keep(scores[i]) ? 1 : 0;
  }
  return n;
}

// Keeps the first n entries whose value passes; returns how many.
template <class Keep>
int64_t keep_values(const NeuronList& list, int64_t n, const Keep& keep) {
  int64_t kept = 0;
  for (int64_t i = 0; i < n; ++i) {
    list.rows[kept] = list.rows[i];
    list.values[kept] = list.values[i];
    kept += keep(list.values[i]) ? 1 : 0;
  }
  return kept;
}

}  // namespace

NeuronCount compute_neurons(const ForwardContext& c, const LayerWeights& w, const ActivationView& x,
                            const NeuronList& list, const float* threshold) {
  NeuronCount count;
  if (threshold != nullptr) {
    count.gate_rows = list_neurons(list, list.up, [=](float score) { return score >= *threshold; });
    c.kernels.gather_dot(w.gate, list.rows, count.gate_rows, x, list.values);
    count.up_rows = keep_values(list, count.gate_rows, fires);
  } else {
    count.up_rows = list_neurons(list, list.gate, fires);
    for (int64_t i = 0; i < count.up_rows; ++i) list.values[i] = list.gate[list.rows[i]];
  }
  float* up = list.up + list.begin;
  c.kernels.gather_dot(w.up, list.rows, count.up_rows, x, up);
  activate(c, list.values, up, count.up_rows, list.values);
  count.active = keep_values(list, count.up_rows, [](float h) { return h != 0.0f; });
  if (list.activity != nullptr) {
    for (int64_t i = 0; i < count.active; ++i) count_up(list.activity[list.rows[i]]);
  }
  if (w.down.data != nullptr) {  // stored by output row: the product needs h in its place
    std::memset(list.gate + list.begin, 0,
                static_cast<size_t>(list.end - list.begin) * sizeof(float));
    for (int64_t i = 0; i < count.active; ++i) list.gate[list.rows[i]] = list.values[i];
  }
  return count;
}

void count_neurons(const ForwardContext& c, const LayerWeights& w, int64_t n_tokens, bool predicted,
                   std::span<const NeuronCount> counts, DecodeCounters& counters) {
  const int64_t neurons = n_tokens * c.config.d_ff;
  const int64_t streamed = predicted ? w.predictor.bytes() : w.gate.bytes();
  counters.neurons += neurons;
  counters.weight_bytes += streamed + w.down.bytes();
  if (predicted) {
    counters.predictor_bytes += streamed;
  } else {
    counters.gate_rows += neurons;
  }
  for (const NeuronCount& count : counts) {
    counters.weight_bytes += count.gate_rows * w.gate.stride() + count.up_rows * w.up.stride();
    counters.weight_bytes += count.active * w.down_by_neuron.stride();
    counters.gate_rows += count.gate_rows;
    counters.predicted_neurons += count.gate_rows;
    counters.up_rows += count.up_rows;
    counters.active_neurons += count.active;
  }
}

}  // namespace bamboo
