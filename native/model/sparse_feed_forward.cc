// The feed-forward block of one decoded token with neurons left out: exact and predicted mode.
//
// Candidates come from the gate itself (exact: it is computed for every neuron) or from the
// predictor (predicted: the gate is computed for the candidates only). Then gate -> up -> down,
// each only where the one before leaves something to compute. A range of neurons (kNeuronRanges) is
// one work item and has its own partial sum, in ascending order, so leaving out zeros changes no
// bit.
#include <cstring>

#include "model/feed_forward.h"
#include "model/parallel_matmul.h"

namespace bamboo {
namespace {

// One work item: neurons [begin, end), its list of neurons still in play and their values.
struct NeuronRange {
  NeuronRange(const ForwardContext& c, int64_t range)
      : index(range),
        begin(neuron_range_begin(range, c.config.d_ff)),
        end(neuron_range_begin(range + 1, c.config.d_ff)),
        rows(c.act.neurons.data() + begin),
        values(c.act.neuron_values.data() + begin) {}

  int64_t index;
  int64_t begin;
  int64_t end;
  int32_t* rows;
  float* values;
};

// Lists the neurons of the range whose score (indexed by neuron) passes; returns how many.
template <class Keep>
int64_t compact(const NeuronRange& range, const float* scores, const Keep& keep) {
  int64_t n = 0;
  for (int64_t i = range.begin; i < range.end; ++i) {
    range.rows[n] = static_cast<int32_t>(i);
    n += keep(scores[i]) ? 1 : 0;
  }
  return n;
}

// Keeps the first n list entries whose value passes; returns how many.
template <class Keep>
int64_t compact_list(const NeuronRange& range, int64_t n, const Keep& keep) {
  int64_t kept = 0;
  for (int64_t i = 0; i < n; ++i) {
    range.rows[kept] = range.rows[i];
    range.values[kept] = range.values[i];
    kept += keep(range.values[i]) ? 1 : 0;
  }
  return kept;
}

struct RangeCount {
  int64_t gate_rows = 0;  // read one by one
  int64_t up_rows = 0;
  int64_t active = 0;
};

bool fires(float gate) { return gate > 0.0f; }

// One range from its candidates on: the list holds n neurons with a positive gate.
RangeCount finish_range(const ForwardContext& c, const LayerWeights& w, const ActivationView& x,
                        const NeuronRange& range, int64_t n) {
  const int64_t d = c.config.d_model;
  float* up = c.act.up.data() + range.begin;
  RangeCount count;
  count.up_rows = n;
  c.kernels.gather_dot(w.up, range.rows, n, x, up);
  activate(c, range.values, up, n, range.values);
  count.active = compact_list(range, n, [](float h) { return h != 0.0f; });
  if (w.down.data != nullptr) {  // stored by output row: the product needs h in its place
    float* h = c.act.gate.data();
    std::memset(h + range.begin, 0, static_cast<size_t>(range.end - range.begin) * sizeof(float));
    for (int64_t i = 0; i < count.active; ++i) h[range.rows[i]] = range.values[i];
    return count;
  }
  float* partial = c.act.partials.data() + range.index * d;
  std::memset(partial, 0, static_cast<size_t>(d) * sizeof(float));
  c.kernels.axpy_rows(w.down_by_neuron, range.rows, range.values, count.active, partial);
  return count;
}

// Gate for every neuron; the range's candidates are those where it fires.
RangeCount exact_range(const ForwardContext& c, const LayerWeights& w, const ActivationView& x,
                       const NeuronRange& range) {
  const float* gate = c.act.gate.data();
  const int64_t n = compact(range, gate, fires);
  for (int64_t i = 0; i < n; ++i) range.values[i] = gate[range.rows[i]];
  return finish_range(c, w, x, range, n);
}

// Gate for the predicted neurons only.
RangeCount predicted_range(const ForwardContext& c, const LayerWeights& w, const ActivationView& x,
                           const NeuronRange& range, float threshold) {
  const int64_t predicted =
      compact(range, c.act.up.data(), [=](float score) { return score >= threshold; });
  c.kernels.gather_dot(w.gate, range.rows, predicted, x, range.values);
  RangeCount count = finish_range(c, w, x, range, compact_list(range, predicted, fires));
  count.gate_rows = predicted;
  return count;
}

}  // namespace

void sparse_decode_block(const ForwardContext& c, const LayerWeights& w, const ActivationView& x,
                         DecodeCounters* counters) {
  const int64_t d_ff = c.config.d_ff;
  const bool predicted = uses_predictor(c, w);
  float threshold = 0;
  if (predicted) {
    end_phase(c.clock, Phase::kFeedForward);
    predict_scores(c, w.predictor, x, c.act.up.data());
    threshold = w.predictor.threshold_for(c.act.residual.data(), c.config.d_model);
    end_phase(c.clock, Phase::kPredictor);
  } else {
    parallel_matmul(c.kernels, c.pool, x, {{&w.gate, c.act.gate.data()}});
  }
  RangeCount counts[kNeuronRanges];
  c.pool.for_each(kNeuronRanges, 1, [&](int64_t index, int64_t, int) {
    const NeuronRange range(c, index);
    counts[index] =
        predicted ? predicted_range(c, w, x, range, threshold) : exact_range(c, w, x, range);
  });
  if (w.down.data != nullptr) {
    down_by_output(c, w, 1);
  } else {
    add_partials(c);
  }
  if (counters == nullptr) return;
  counters->neurons += d_ff;
  counters->weight_bytes += predicted ? w.predictor.bytes() : w.gate.bytes();
  counters->predictor_bytes += predicted ? w.predictor.bytes() : 0;
  counters->gate_rows += predicted ? 0 : d_ff;
  counters->weight_bytes += w.down.bytes();
  for (const RangeCount& count : counts) {
    counters->weight_bytes += count.gate_rows * w.gate.stride() + count.up_rows * w.up.stride();
    counters->weight_bytes += count.active * w.down_by_neuron.stride();
    counters->gate_rows += count.gate_rows;
    counters->predicted_neurons += count.gate_rows;
    counters->up_rows += count.up_rows;
    counters->active_neurons += count.active;
  }
}

}  // namespace bamboo
