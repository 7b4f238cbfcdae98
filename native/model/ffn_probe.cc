#include "model/ffn_probe.h"

#include <algorithm>
#include <cmath>

#include "model/feed_forward.h"
#include "model/parallel_matmul.h"

namespace bamboo {
namespace {

constexpr float kResolution = 32.0f;     // scores below 1 / 32 share few bins
constexpr float kBinsPerOctave = 16.0f;  // +-2^11 in all
constexpr int64_t kMiddleBin = kScoreBins / 2;

int64_t score_bin(float score) {
  const float octaves = std::log2(1.0f + kResolution * std::fabs(score));
  const float bin = std::floor(std::copysign(octaves, score) * kBinsPerOctave);
  const auto limit = static_cast<float>(kMiddleBin);
  return kMiddleBin + static_cast<int64_t>(std::clamp(bin, -limit, limit - 1));
}

// ||row|| of the down projection for every neuron.
std::vector<float> row_norms(const ForwardContext& c, const LayerWeights& w) {
  const bool by_neuron = w.down_by_neuron.data != nullptr;
  const MatrixView& down = by_neuron ? w.down_by_neuron : w.down;
  std::vector<double> squares(static_cast<size_t>(c.config.d_ff));
  std::vector<float> row(static_cast<size_t>(down.cols));
  for (int64_t r = 0; r < down.rows; ++r) {
    c.kernels.dequantize_row(down, r, row.data());
    for (int64_t i = 0; i < down.cols; ++i) {
      const double value = row[static_cast<size_t>(i)];
      squares[static_cast<size_t>(by_neuron ? r : i)] += value * value;
    }
  }
  std::vector<float> norms(squares.size());
  std::transform(squares.begin(), squares.end(), norms.begin(),
                 [](double square) { return static_cast<float>(std::sqrt(square)); });
  return norms;
}

}  // namespace

float score_bin_edge(int64_t bin) {
  const auto steps = static_cast<float>(bin - kMiddleBin);
  return std::copysign((std::exp2(std::fabs(steps) / kBinsPerOctave) - 1.0f) / kResolution, steps);
}

FfnProbe::FfnProbe(const ModelConfig& config, const Weights& weights)
    : weights_(weights),
      gate_(config.d_ff),
      up_(config.d_ff),
      activated_(config.d_ff),
      scores_(config.d_ff),
      down_norms_(static_cast<size_t>(config.n_layers)),
      layers_(static_cast<size_t>(config.n_layers)) {
  for (size_t i = 0; i < layers_.size(); ++i) {
    const LayerWeights& w = weights.layers[i];
    layers_[i].gate_row_bytes = w.gate.stride();
    layers_[i].up_row_bytes = w.up.stride();
    layers_[i].down_row_bytes = w.down_by_neuron.data == nullptr ? 0 : w.down_by_neuron.stride();
    layers_[i].predictor_bytes = w.predictor.rank() > 0 ? w.predictor.bytes() : 0;
  }
}

const std::vector<float>& FfnProbe::down_norms(const ForwardContext& c, const LayerWeights& w) {
  std::vector<float>& norms = down_norms_[layer_];
  if (norms.empty()) norms = row_norms(c, w);
  return norms;
}

void FfnProbe::observe(const ForwardContext& c, const LayerWeights& w, const ActivationView& x) {
  const int64_t d_ff = c.config.d_ff;
  parallel_matmul(c.kernels, c.pool, x, {{&w.gate, gate_.data()}, {&w.up, up_.data()}});
  activate(c, gate_.data(), up_.data(), d_ff, activated_.data());
  LayerProbe& layer = layers_[layer_];
  const std::vector<float>& norms = down_norms(c, w);
  const bool has_scores = w.predictor.rank() > 0;
  float threshold = 0;
  float unit = 1;
  if (has_scores) {
    predict_scores(c, w.predictor, x, scores_.data());
    threshold = w.predictor.threshold_for(c.act.residual.data(), c.config.d_model);
    unit = w.predictor.score_unit(c.act.residual.data(), c.config.d_model);
    layer.bins.resize(kScoreBins);
  }
  ++layer.positions;
  for (int64_t i = 0; i < d_ff; ++i) {
    const float h = activated_.data()[i];
    const bool gate_fires = gate_.data()[i] > 0.0f;
    const bool is_active = h != 0.0f;
    const double mass =
        std::fabs(static_cast<double>(h)) * static_cast<double>(norms[static_cast<size_t>(i)]);
    layer.gate_fires += gate_fires ? 1 : 0;
    layer.up_fires += up_.data()[i] > 0.0f ? 1 : 0;
    layer.active += is_active ? 1 : 0;
    layer.mass += mass;
    if (!has_scores) continue;
    const float score = scores_.data()[i];
    ScoreBin& bin = layer.bins[static_cast<size_t>(score_bin(score / unit))];
    ++bin.neurons;
    bin.gate_fires += gate_fires ? 1 : 0;
    bin.active += is_active ? 1 : 0;
    bin.mass += mass;
    if (score < threshold) continue;
    ++layer.predicted;
    layer.hits += is_active ? 1 : 0;
    layer.hit_mass += mass;
  }
  layer_ = (layer_ + 1) % weights_.layers.size();
}

}  // namespace bamboo
