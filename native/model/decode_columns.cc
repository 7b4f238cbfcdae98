// The feed-forward block of several decode steps in one pass: the columns of a guess that is being
// verified (engine/decode_stream.h). Whole matrices (gate in exact mode, the predictor) are read
// once for all columns; listed rows are read column by column while a range of neurons is in the
// cache. Each column gets its own mask and the order of additions of a decode step of its own, so
// its bits are those of sparse_feed_forward.cc and of down_by_neuron_decode.
#include <cstring>

#include "model/feed_forward.h"
#include "model/parallel_matmul.h"

namespace bamboo {
namespace {

struct Columns {
  const ForwardContext& c;
  const LayerWeights& w;
  const ActivationView& x;
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

struct ColumnCount {
  int64_t gate_rows = 0;  // read one by one
  int64_t up_rows = 0;
  int64_t active = 0;
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

// Lists neurons [begin, end) that pass; returns how many.
template <class Keep>
int64_t list_neurons(int64_t begin, int64_t end, const Keep& keep, int32_t* rows) {
  int64_t n = 0;
  for (int64_t i = begin; i < end; ++i) {
    rows[n] = static_cast<int32_t>(i);
    n += keep(i) ? 1 : 0;
  }
  return n;
}

// Drops the entries of a list whose value fails; returns how many stay.
template <class Keep>
int64_t keep_values(int64_t n, const Keep& keep, int32_t* rows, float* values) {
  int64_t kept = 0;
  for (int64_t i = 0; i < n; ++i) {
    rows[kept] = rows[i];
    values[kept] = values[i];
    kept += keep(values[i]) ? 1 : 0;
  }
  return kept;
}

// One column's neurons of one range: gate -> up -> down, each only where the one before leaves
// something to compute. The lists are reused by the next column.
ColumnCount column_range(const Columns& columns, int64_t range, int64_t t) {
  const ForwardContext& c = columns.c;
  const LayerWeights& w = columns.w;
  const int64_t begin = neuron_range_begin(range, c.config.d_ff);
  const int64_t end = neuron_range_begin(range + 1, c.config.d_ff);
  const ActivationView x = columns.input(t);
  int32_t* rows = c.act.neurons.data() + begin;
  float* values = c.act.neuron_values.data() + begin;
  float* gate = columns.gate(t);
  float* up = columns.up(t);
  const auto fires = [](float value) { return value > 0.0f; };
  ColumnCount count;
  if (columns.predicted) {
    const float threshold = columns.thresholds[t];
    count.gate_rows = list_neurons(
        begin, end, [=](int64_t i) { return up[i] >= threshold; }, rows);
    c.kernels.gather_dot(w.gate, rows, count.gate_rows, x, values);
    count.up_rows = keep_values(count.gate_rows, fires, rows, values);
  } else {
    count.up_rows = list_neurons(
        begin, end, [=](int64_t i) { return fires(gate[i]); }, rows);
    for (int64_t i = 0; i < count.up_rows; ++i) values[i] = gate[rows[i]];
  }
  c.kernels.gather_dot(w.up, rows, count.up_rows, x, up + begin);
  activate(c, values, up + begin, count.up_rows, values);
  count.active = keep_values(
      count.up_rows, [](float h) { return h != 0.0f; }, rows, values);
  if (w.down.data != nullptr) {  // stored by output row: the product needs h in its place
    std::memset(gate + begin, 0, static_cast<size_t>(end - begin) * sizeof(float));
    for (int64_t i = 0; i < count.active; ++i) gate[rows[i]] = values[i];
    return count;
  }
  float* partial = columns.partial(t, range);
  std::memset(partial, 0, static_cast<size_t>(c.config.d_model) * sizeof(float));
  c.kernels.axpy_rows(w.down_by_neuron, rows, values, count.active, partial);
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
  Columns columns = {c, w, x, uses_predictor(c, w), {}};
  if (columns.predicted) {
    predict(columns);
  } else {
    parallel_matmul(c.kernels, c.pool, x, {{&w.gate, c.act.gate.data()}});
  }
  ColumnCount counts[kNeuronRanges];
  c.pool.for_each(kNeuronRanges, 1, [&](int64_t range, int64_t, int) {
    for (int64_t t = 0; t < x.n; ++t) {
      const ColumnCount count = column_range(columns, range, t);
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
  if (counters == nullptr) return;
  const int64_t streamed = columns.predicted ? w.predictor.bytes() : w.gate.bytes();
  counters->neurons += x.n * c.config.d_ff;
  counters->weight_bytes += streamed + w.down.bytes();
  if (columns.predicted) {
    counters->predictor_bytes += streamed;
  } else {
    counters->gate_rows += x.n * c.config.d_ff;
  }
  for (const ColumnCount& count : counts) {
    counters->weight_bytes += count.gate_rows * w.gate.stride() + count.up_rows * w.up.stride();
    counters->weight_bytes += count.active * w.down_by_neuron.stride();
    counters->gate_rows += count.gate_rows;
    counters->predicted_neurons += count.gate_rows;
    counters->up_rows += count.up_rows;
    counters->active_neurons += count.active;
  }
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
