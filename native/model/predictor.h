// Which neurons of a layer will probably fire: score = fc2 relu(fc1 x) + bias, and a neuron is
// computed when its score reaches the layer's threshold (Song et al. 2023, PowerInfer, section 4;
// the format is in docs/model-format.md).
#ifndef BAMBOO_MODEL_PREDICTOR_H_
#define BAMBOO_MODEL_PREDICTOR_H_

#include <cstdint>
#include <vector>

#include "format/gguf_reader.h"
#include "model/model_config.h"
#include "tensor/dtype.h"

namespace bamboo {

enum class PredictorInput : uint8_t {
  kNormed,    // what the feed-forward block reads
  kResidual,  // the residual stream before the norm: PowerInfer's dialect
};

// Empty (rank 0) when the file has none for this layer. Ranks differ from layer to layer.
struct Predictor {
  MatrixView fc1;           // [rank, d_model]
  MatrixView fc2;           // [d_ff, rank]
  std::vector<float> bias;  // [d_ff], or empty: PowerInfer's dialect has none
  PredictorInput input = PredictorInput::kNormed;
  float threshold = 0;
  // The threshold counts in units of rms(x): un-normed scores grow with the residual.
  bool threshold_scales_with_input = false;

  // What the scores of a column with this residual stream [d_model] grow with: rms(x), or 1 for a
  // predictor on the normed input.
  float score_unit(const float* residual, int64_t d_model) const;

  // What to compare the scores of such a column with.
  float threshold_for(const float* residual, int64_t d_model) const;

  int64_t rank() const { return fc1.rows; }
  int64_t bytes() const {
    return fc1.bytes() + fc2.bytes() + static_cast<int64_t>(bias.size() * sizeof(float));
  }
};

// Throws Error missing-tensor (one of the two), shape-mismatch, malformed-metadata.
Predictor read_predictor(const GgufReader& file, const ModelConfig& config, int64_t layer);

}  // namespace bamboo

#endif  // BAMBOO_MODEL_PREDICTOR_H_
