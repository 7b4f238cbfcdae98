// The gated feed-forward block: gate and up projections, activation, down projection.
//
// The down projection adds one row per neuron. Rows are added in fixed ranges of neuron ids
// (kNeuronRanges), each range into its own partial sum, and the partial sums in ascending order:
// neither threads, nor the chunk, nor skipping a neuron whose activation is zero changes a bit.
#include <algorithm>
#include <cstring>

#include "model/parallel_matmul.h"
#include "model/transformer.h"

namespace bamboo {
namespace {

int64_t range_begin(int64_t range, int64_t d_ff) { return range * d_ff / kNeuronRanges; }

void activate(const ForwardContext& c, const float* gate, const float* up, int64_t n, float* out) {
  switch (c.config.activation) {
    case Activation::kReluRelu:
      return c.kernels.relu_relu_product(gate, up, n, out);
    case Activation::kRelu:
      return c.kernels.relu_product(gate, up, n, out);
    case Activation::kSilu:
      return c.kernels.silu_product(gate, up, n, out);
  }
}

// h = activation(gate x, up x) for every neuron, into act.gate.
void dense_neurons(const ForwardContext& c, const LayerWeights& w, const ActivationView& x) {
  parallel_matmul(c.kernels, c.pool, x, {{&w.gate, c.act.gate.data()}, {&w.up, c.act.up.data()}});
  constexpr int64_t kGrain = 4096;
  c.pool.for_each(x.n * c.config.d_ff, kGrain, [&](int64_t begin, int64_t end, int) {
    activate(c, c.act.gate.data() + begin, c.act.up.data() + begin, end - begin,
             c.act.gate.data() + begin);
  });
}

// The same h for one token, computing up only where the gate fires. Each range compacts its own
// neurons, so a range is also one work item. Returns the number of up rows read.
int64_t exact_neurons(const ForwardContext& c, const LayerWeights& w, const ActivationView& x) {
  parallel_matmul(c.kernels, c.pool, x, {{&w.gate, c.act.gate.data()}});
  int64_t fired[kNeuronRanges];
  c.pool.for_each(kNeuronRanges, 1, [&](int64_t range, int64_t, int) {
    const int64_t begin = range_begin(range, c.config.d_ff);
    const int64_t end = range_begin(range + 1, c.config.d_ff);
    float* gate = c.act.gate.data();
    float* up = c.act.up.data() + begin;
    int32_t* rows = c.act.neurons.data() + begin;
    float* values = c.act.neuron_values.data() + begin;
    int64_t n = 0;
    for (int64_t i = begin; i < end; ++i) {
      rows[n] = static_cast<int32_t>(i);
      values[n] = gate[i];
      n += gate[i] > 0.0f ? 1 : 0;
    }
    c.kernels.gather_dot(w.up, rows, n, x, up);
    activate(c, values, up, n, values);
    std::memset(gate + begin, 0, static_cast<size_t>(end - begin) * sizeof(float));
    for (int64_t i = 0; i < n; ++i) gate[rows[i]] = values[i];
    fired[range] = n;
  });
  int64_t rows_read = 0;
  for (const int64_t n : fired) rows_read += n;
  return rows_read;
}

struct DownCount {
  int64_t rows_read = 0;
  int64_t active = 0;
};

// residual += sum over neurons of h * row, for one token.
DownCount down_by_neuron_decode(const ForwardContext& c, const LayerWeights& w) {
  const int64_t d = c.config.d_model;
  const bool every_row = c.mode == FfnMode::kDense;
  int64_t read[kNeuronRanges];
  int64_t active[kNeuronRanges];
  c.pool.for_each(kNeuronRanges, 1, [&](int64_t range, int64_t, int) {
    const int64_t begin = range_begin(range, c.config.d_ff);
    const int64_t end = range_begin(range + 1, c.config.d_ff);
    const float* h = c.act.gate.data();
    int32_t* rows = c.act.neurons.data() + begin;
    float* values = c.act.neuron_values.data() + begin;
    int64_t n = 0;
    int64_t fires = 0;
    for (int64_t i = begin; i < end; ++i) {
      rows[n] = static_cast<int32_t>(i);
      values[n] = h[i];
      n += every_row || h[i] != 0.0f ? 1 : 0;
      fires += h[i] != 0.0f ? 1 : 0;
    }
    float* partial = c.act.partials.data() + range * d;
    std::memset(partial, 0, static_cast<size_t>(d) * sizeof(float));
    c.kernels.axpy_rows(w.down_by_neuron, rows, values, n, partial);
    read[range] = n;
    active[range] = fires;
  });
  DownCount count;
  float* sum = c.act.projected.data();
  std::memset(sum, 0, static_cast<size_t>(d) * sizeof(float));
  for (int64_t range = 0; range < kNeuronRanges; ++range) {
    c.kernels.add(c.act.partials.data() + range * d, d, sum);
    count.rows_read += read[range];
    count.active += active[range];
  }
  c.kernels.add(sum, d, c.act.residual.data());
  return count;
}

// The same for a chunk: a work item is a tile of tokens, which share each row that any of them
// needs.
void down_by_neuron_prefill(const ForwardContext& c, const LayerWeights& w, int64_t n_tokens) {
  const int64_t d = c.config.d_model;
  const int64_t d_ff = c.config.d_ff;
  c.pool.for_each(n_tokens, kDownTile, [&](int64_t begin, int64_t end, int thread) {
    const int64_t n = end - begin;
    float* partial = c.act.thread_scratch(thread);  // [n, d_model]
    float* sum = c.act.projected.data() + begin * d;
    std::memset(sum, 0, static_cast<size_t>(n * d) * sizeof(float));
    for (int64_t range = 0; range < kNeuronRanges; ++range) {
      std::memset(partial, 0, static_cast<size_t>(n * d) * sizeof(float));
      c.kernels.axpy_range(w.down_by_neuron, range_begin(range, d_ff), range_begin(range + 1, d_ff),
                           c.act.gate.data() + begin * d_ff, d_ff, n, partial, d);
      c.kernels.add(partial, n * d, sum);
    }
    c.kernels.add(sum, n * d, c.act.residual.data() + begin * d);
  });
}

// For files whose down projection is stored by output row: an ordinary product with h.
void down_by_output(const ForwardContext& c, const LayerWeights& w, int64_t n_tokens) {
  const ActivationView h =
      pack(c.kernels, c.pool, c.act.gate.data(), n_tokens, c.config.d_ff, c.act.packed.data());
  parallel_matmul(c.kernels, c.pool, h, {{&w.down, c.act.projected.data()}});
  c.kernels.add(c.act.projected.data(), n_tokens * c.config.d_model, c.act.residual.data());
}

}  // namespace

void feed_forward_block(const ForwardContext& c, const LayerWeights& w, int64_t n_tokens,
                        DecodeCounters* counters) {
  const int64_t d_ff = c.config.d_ff;
  const ActivationView x = norm_and_pack(c, w.ffn_norm.data(), n_tokens);
  int64_t up_rows = d_ff;
  // Prefill shares each row among many tokens, so skipping up rows there saves little: it computes
  // them all.
  if (n_tokens == 1 && c.mode == FfnMode::kExact && c.config.activation != Activation::kSilu) {
    up_rows = exact_neurons(c, w, x);
  } else {
    dense_neurons(c, w, x);
  }
  DownCount down{d_ff, d_ff};
  if (w.down.data != nullptr) {
    down_by_output(c, w, n_tokens);
    if (counters != nullptr) {
      const float* h = c.act.gate.data();
      down.active = std::count_if(h, h + d_ff, [](float value) { return value != 0.0f; });
    }
  } else if (n_tokens == 1) {
    down = down_by_neuron_decode(c, w);
  } else {
    down_by_neuron_prefill(c, w, n_tokens);
  }
  if (counters != nullptr) {
    counters->weight_bytes += w.gate.bytes() + up_rows * w.up.stride();
    counters->weight_bytes +=
        w.down.data != nullptr ? w.down.bytes() : down.rows_read * w.down_by_neuron.stride();
    counters->neurons += d_ff;
    counters->active_neurons += down.active;
  }
}

}  // namespace bamboo
