#include "engine/decode_metrics.h"

#include <algorithm>

namespace bamboo {
namespace {

uint8_t share_byte(int64_t part, int64_t whole) {
  return static_cast<uint8_t>((part * 510 + whole) / (2 * whole));
}

int64_t& steps_in(StepsByMode& steps, FfnMode mode) {
  switch (mode) {
    case FfnMode::kDense:
      return steps.dense;
    case FfnMode::kExact:
      return steps.exact;
    case FfnMode::kPredicted:
      return steps.predicted;
  }
  return steps.exact;
}

}  // namespace

DecodeMetrics::DecodeMetrics(const ModelConfig& config)
    : d_ff_(config.d_ff), layers_(static_cast<size_t>(config.n_layers)) {
  step_.layers.resize(layers_.size());
  ring_.computed.resize(layers_.size() * kTraceSteps);
  ring_.active.resize(ring_.computed.size());
}

DecodeCounters& DecodeMetrics::begin_step() {
  static_cast<DecodeSums&>(step_) = {};
  step_.bytes = {};
  std::fill(step_.layers.begin(), step_.layers.end(), LayerCounts{});
  return step_;
}

void DecodeMetrics::end_step(FfnMode mode, int64_t n_tokens, int64_t kv_bytes) {
  steps_in(steps_, mode) += n_tokens;
  bytes_.attention += step_.bytes.attention + kv_bytes;
  bytes_.predictor += step_.bytes.predictor;
  bytes_.feed_forward += step_.bytes.feed_forward;
  bytes_.head += step_.bytes.head;
  const size_t row = static_cast<size_t>(traced_++ % kTraceSteps) * layers_.size();
  const int64_t neurons = n_tokens * d_ff_;  // of one layer
  for (size_t layer = 0; layer < layers_.size(); ++layer) {
    const LayerCounts& counts = step_.layers[layer];
    layers_[layer].gate_rows += counts.gate_rows;
    layers_[layer].predicted += counts.predicted;
    layers_[layer].up_rows += counts.up_rows;
    layers_[layer].active += counts.active;
    ring_.computed[row + layer] = share_byte(counts.gate_rows, neurons);
    ring_.active[row + layer] = share_byte(counts.active, neurons);
  }
}

void DecodeMetrics::report(GenerateResult& result) const {
  GenerationMetrics& metrics = result.metrics;
  metrics.decode_bytes = bytes_;
  metrics.steps = steps_;
  metrics.layers = layers_;
  result.decode_bytes = bytes_.attention + bytes_.predictor + bytes_.feed_forward + bytes_.head;

  LayerTrace& trace = metrics.trace;
  trace.steps = std::min(traced_, kTraceSteps);
  const auto width = static_cast<int64_t>(layers_.size());
  // Once the ring is full its oldest row is the one that would be written next.
  const int64_t oldest = (traced_ - trace.steps) % kTraceSteps;
  for (const auto part : {&LayerTrace::computed, &LayerTrace::active}) {
    const auto begin = (ring_.*part).begin();
    std::vector<uint8_t>& out = trace.*part;
    out.assign(begin + oldest * width, begin + std::min(kTraceSteps, oldest + trace.steps) * width);
    out.insert(out.end(), begin, begin + (trace.steps * width - static_cast<int64_t>(out.size())));
  }

  const int64_t neurons = steps_.total() * d_ff_ * width;
  if (neurons == 0) return;
  int64_t predicted = 0;
  int64_t active = 0;
  for (const LayerCounts& counts : layers_) {
    predicted += counts.predicted;
    active += counts.active;
  }
  result.predicted_share = static_cast<double>(predicted) / static_cast<double>(neurons);
  result.active_share = static_cast<double>(active) / static_cast<double>(neurons);
}

}  // namespace bamboo
