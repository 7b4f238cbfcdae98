// The feed-forward block of several decode steps in one pass: the columns of a guess that is being
// verified (engine/decode_stream.h). Whole matrices (gate in exact mode, the predictor) are read
// once for all columns; listed rows are read column by column while a range of neurons is in the
// cache. Each column gets its own mask and the order of additions of a decode step of its own, so
// its bits are those of sparse_feed_forward.cc and of down_by_neuron_decode.
#include <cstring>

#include "model/feed_forward.h"
#include "model/neuron_list.h"
#include "model/parallel_matmul.h"

namespace bamboo {
namespace {

struct Columns {
  const ForwardContext& c;
  const LayerWeights& w;
  const ActivationView& x;
  NeuronCounter* activity;
  bool predicted;
  float thresholds[kMaxDecodeColumns];

  ActivationView input(int64_t t) const {
    const int64_t d = c.config.d_model;
    const auto bytes = static_cast<int64_t>(c.kernels.packed_activation_bytes(d));
    return {x.values + t * d, x.packed + t * bytes, 1};
  }
  float* gate(int64_t t) const { return c.act.gate.data() + t * c.config.d_ff; }
  float* up(int64_t t) const { return c.act.up.data() + t * c.config.d_ff; }
  float* partial(int64_t t, int64_t range) const {
    return c.act.partials.data() + (t * kNeuronRanges + range) * c.config.d_model;
  }
};

// The predictor's scores of every column, into act.up.
void predict(Columns& columns) {
  const ForwardContext& c = columns.c;
  const Predictor& p = columns.w.predictor;
  const int64_t d = c.config.d_model;
  end_phase(c.clock, Phase::kFeedForward);
  predict_scores(c, p, columns.x, c.act.up.data());
  for (int64_t t = 0; t < columns.x.n; ++t) {
    columns.thresholds[t] = p.threshold_for(c.act.residual.data() + t * d, d);
  }
  end_phase(c.clock, Phase::kPredictor);
}

// One column's neurons of one range, down included. The lists are reused by the next column.
NeuronCount column_range(const Columns& columns, int64_t range, int64_t t) {
  const ForwardContext& c = columns.c;
  const LayerWeights& w = columns.w;
  const int64_t begin = neuron_range_begin(range, c.config.d_ff);
  const NeuronList list = {begin,
                           neuron_range_begin(range + 1, c.config.d_ff),
                           columns.gate(t),
                           columns.up(t),
                           c.act.neurons.data() + begin,
                           c.act.neuron_values.data() + begin,
                           columns.activity};
  const NeuronCount count = compute_neurons(c, w, columns.input(t), list,
                                            columns.predicted ? &columns.thresholds[t] : nullptr);
  if (w.down.data != nullptr) return count;
  float* partial = columns.partial(t, range);
  std::memset(partial, 0, static_cast<size_t>(c.config.d_model) * sizeof(float));
  c.kernels.axpy_rows(w.down_by_neuron, list.rows, list.values, count.active, partial);
  return count;
}

// residual += the partial sums of each column, in ascending order.
void add_column_partials(const ForwardContext& c, int64_t n) {
  const int64_t d = c.config.d_model;
  c.pool.for_each(n, 1, [&](int64_t t, int64_t, int) {
    const float* partials = c.act.partials.data() + t * kNeuronRanges * d;
    float* sum = c.act.projected.data() + t * d;
    std::memset(sum, 0, static_cast<size_t>(d) * sizeof(float));
    for (int64_t range = 0; range < kNeuronRanges; ++range) {
      c.kernels.add(partials + range * d, d, sum);
    }
    c.kernels.add(sum, d, c.act.residual.data() + t * d);
  });
}

}  // namespace

void sparse_decode_columns(const ForwardContext& c, const LayerWeights& w, const ActivationView& x,
                           DecodeCounters* counters) {
  NeuronCounter* const activity = counters == nullptr ? nullptr : counters->activity;
  Columns columns = {c, w, x, activity, uses_predictor(c, w), {}};
  if (columns.predicted) {
    predict(columns);
  } else {
    parallel_matmul(c.kernels, c.pool, x, {{&w.gate, c.act.gate.data()}});
  }
  NeuronCount counts[kNeuronRanges];
  c.pool.for_each(kNeuronRanges, 1, [&](int64_t range, int64_t, int) {
    for (int64_t t = 0; t < x.n; ++t) {
      const NeuronCount count = column_range(columns, range, t);
      counts[range].gate_rows += count.gate_rows;
      counts[range].up_rows += count.up_rows;
      counts[range].active += count.active;
    }
  });
  if (w.down.data != nullptr) {
    down_by_output(c, w, x.n);
  } else {
    add_column_partials(c, x.n);
  }
  if (counters != nullptr) count_neurons(c, w, x.n, columns.predicted, counts, *counters);
}

void down_by_neuron_columns(const ForwardContext& c, const LayerWeights& w, int64_t n) {
  const int64_t d = c.config.d_model;
  const int64_t d_ff = c.config.d_ff;
  c.pool.for_each(kNeuronRanges, 1, [&](int64_t range, int64_t, int) {
    float* partials = c.act.partials.data() + range * d;
    for (int64_t t = 0; t < n; ++t) {
      std::memset(partials + t * kNeuronRanges * d, 0, static_cast<size_t>(d) * sizeof(float));
    }
    c.kernels.axpy_range(w.down_by_neuron, neuron_range_begin(range, d_ff),
                         neuron_range_begin(range + 1, d_ff), c.act.gate.data(), d_ff, n, partials,
                         kNeuronRanges * d);
  });
  add_column_partials(c, n);
}

}  // namespace bamboo
