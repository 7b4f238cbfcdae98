// The gated feed-forward block: gate and up projections, activation, down projection.
//
// The down projection adds one row per neuron. Rows are added in fixed ranges of neuron ids
// (kNeuronRanges), each range into its own partial sum, and the partial sums in ascending order:
// neither threads, nor the chunk, nor skipping a neuron whose activation is zero changes a bit.
#include "model/feed_forward.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "model/ffn_probe.h"
#include "model/projection.h"

namespace bamboo {
namespace {

// up x for the neurons and tokens whose gate fires, 0 for the others, into act.up.
void up_where_gate_fires(const ForwardContext& c, const LayerWeights& w, const ActivationView& x) {
  constexpr int64_t kGrain = 64;
  c.pool.for_each(c.config.d_ff, kGrain, [&](int64_t begin, int64_t end, int) {
    c.kernels.matmul_where_positive(w.up, begin, end, x, c.act.gate.data(), c.act.up.data(),
                                    c.config.d_ff);
  });
}

// h = activation(gate x, up x) for every neuron, into act.gate.
void dense_neurons(const ForwardContext& c, const LayerWeights& w, const ActivationView& x) {
  const bool skips_silent = c.mode != FfnMode::kDense && c.config.activation != Activation::kSilu;
  if (skips_silent && !uses_prefill_kernels(c)) {
    project(c, x, {{&w.gate, c.act.gate.data()}});
    up_where_gate_fires(c, w, x);
  } else {
    project(c, x, {{&w.gate, c.act.gate.data()}, {&w.up, c.act.up.data()}});
  }
  constexpr int64_t kGrain = 4096;
  c.pool.for_each(x.n * c.config.d_ff, kGrain, [&](int64_t begin, int64_t end, int) {
    activate(c, c.act.gate.data() + begin, c.act.up.data() + begin, end - begin,
             c.act.gate.data() + begin);
  });
}

// residual += sum over all neurons of h * row, for one token.
void down_by_neuron_decode(const ForwardContext& c, const LayerWeights& w) {
  const int64_t d = c.config.d_model;
  std::iota(c.act.neurons.begin(), c.act.neurons.end(), 0);
  c.pool.for_each(kNeuronRanges, 1, [&](int64_t range, int64_t, int) {
    const int64_t begin = neuron_range_begin(range, c.config.d_ff);
    const int64_t n = neuron_range_begin(range + 1, c.config.d_ff) - begin;
    float* partial = c.act.partials.data() + range * d;
    std::memset(partial, 0, static_cast<size_t>(d) * sizeof(float));
    c.kernels.axpy_rows(w.down_by_neuron, c.act.neurons.data() + begin, c.act.gate.data() + begin,
                        n, partial);
  });
  add_partials(c);
}

// The same for a chunk: a work item is a tile of tokens, which share each row that any of them
// needs.
void down_by_neuron_prefill(const ForwardContext& c, const LayerWeights& w, int64_t n_tokens) {
  const int64_t d = c.config.d_model;
  const int64_t d_ff = c.config.d_ff;
  // Two items a thread at least, where there are enough tokens.
  const int64_t tile = std::clamp<int64_t>(n_tokens / (2 * c.pool.size()), 8, kDownTile);
  c.pool.for_each(n_tokens, tile, [&](int64_t begin, int64_t end, int thread) {
    const int64_t n = end - begin;
    float* partial = c.act.thread_scratch(thread);  // [n, d_model]
    float* sum = c.act.projected.data() + begin * d;
    std::memset(sum, 0, static_cast<size_t>(n * d) * sizeof(float));
    for (int64_t range = 0; range < kNeuronRanges; ++range) {
      std::memset(partial, 0, static_cast<size_t>(n * d) * sizeof(float));
      c.kernels.axpy_range(w.down_by_neuron, neuron_range_begin(range, d_ff),
                           neuron_range_begin(range + 1, d_ff), c.act.gate.data() + begin * d_ff,
                           d_ff, n, partial, d);
      c.kernels.add(partial, n * d, sum);
    }
    c.kernels.add(sum, n * d, c.act.residual.data() + begin * d);
  });
}

// The same in prefill's own arithmetic, where a dense product costs less than looking for zeros.
void down_by_neuron_dense(const ForwardContext& c, const LayerWeights& w, int64_t n_tokens) {
  const ActivationView h = pack_input(c, c.act.gate.data(), n_tokens, c.config.d_ff);
  project_by_input(c, h, w.down_by_neuron, c.act.projected.data());
  c.kernels.add(c.act.projected.data(), n_tokens * c.config.d_model, c.act.residual.data());
}

void count_dense(const ForwardContext& c, const LayerWeights& w, int64_t n_tokens,
                 DecodeCounters& counters) {
  const int64_t n = n_tokens * c.config.d_ff;
  const float* h = c.act.gate.data();
  counters.weight_bytes +=
      w.gate.bytes() + w.up.bytes() + w.down.bytes() + w.down_by_neuron.bytes();
  counters.neurons += n;
  counters.gate_rows += n;
  counters.up_rows += n;
  counters.active_neurons += std::count_if(h, h + n, [](float value) { return value != 0.0f; });
  if (counters.activity == nullptr) return;
  for (int64_t t = 0; t < n_tokens; ++t, h += c.config.d_ff) {
    for (int64_t i = 0; i < c.config.d_ff; ++i) {
      count_up(counters.activity[i], h[i] != 0.0f ? 1 : 0);
    }
  }
}

}  // namespace

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

void add_partials(const ForwardContext& c) {
  const int64_t d = c.config.d_model;
  float* sum = c.act.projected.data();
  std::memset(sum, 0, static_cast<size_t>(d) * sizeof(float));
  for (int64_t range = 0; range < kNeuronRanges; ++range) {
    c.kernels.add(c.act.partials.data() + range * d, d, sum);
  }
  c.kernels.add(sum, d, c.act.residual.data());
}

void down_by_output(const ForwardContext& c, const LayerWeights& w, int64_t n_tokens) {
  const ActivationView h = pack_input(c, c.act.gate.data(), n_tokens, c.config.d_ff);
  project(c, h, {{&w.down, c.act.projected.data()}});
  c.kernels.add(c.act.projected.data(), n_tokens * c.config.d_model, c.act.residual.data());
}

void feed_forward_block(const ForwardContext& c, const LayerWeights& w, int64_t n_tokens,
                        bool decode, DecodeCounters* counters) {
  const ActivationView x = norm_and_pack(c, w.ffn_norm.data(), n_tokens);
  const bool is_decoding = decode || (n_tokens == 1 && !uses_prefill_kernels(c));
  if (c.probe != nullptr && n_tokens == 1 && is_decoding) c.probe->observe(c, w, x);
  if (is_decoding && skips_neurons(c, w)) {
    return n_tokens == 1 ? sparse_decode_block(c, w, x, counters)
                         : sparse_decode_columns(c, w, x, counters);
  }
  dense_neurons(c, w, x);
  if (counters != nullptr) count_dense(c, w, n_tokens, *counters);
  if (w.down.data != nullptr) {
    down_by_output(c, w, n_tokens);
  } else if (uses_prefill_kernels(c)) {
    down_by_neuron_dense(c, w, n_tokens);
  } else if (n_tokens == 1) {
    down_by_neuron_decode(c, w);
  } else if (decode) {
    down_by_neuron_columns(c, w, n_tokens);
  } else {
    down_by_neuron_prefill(c, w, n_tokens);
  }
}

}  // namespace bamboo
