// Compares what a layer's predictor says with what dense mode computes, at single decoded tokens:
// the measurement behind calibration and the shadow check. Costs a dense block more per probed
// token and changes nothing that the forward pass computes.
#ifndef BAMBOO_MODEL_FFN_PROBE_H_
#define BAMBOO_MODEL_FFN_PROBE_H_

#include <vector>

#include "bamboo/engine.h"
#include "model/activations.h"
#include "model/transformer.h"

namespace bamboo {

class FfnProbe {
 public:
  FfnProbe(const ModelConfig& config, const Weights& weights);

  // Called once a layer, in order, before the block is computed. x: its normed input, packed.
  void observe(const ForwardContext& context, const LayerWeights& w, const ActivationView& x);

  // Forgets the layers of a token that was cancelled half way.
  void begin_token() { layer_ = 0; }

  const std::vector<LayerProbe>& layers() const { return layers_; }

 private:
  const std::vector<float>& down_norms(const ForwardContext& context, const LayerWeights& w);

  const Weights& weights_;
  AlignedBuffer<float> gate_;                   // [d_ff]
  AlignedBuffer<float> up_;                     // [d_ff]
  AlignedBuffer<float> activated_;              // [d_ff]
  AlignedBuffer<float> scores_;                 // [d_ff]
  std::vector<std::vector<float>> down_norms_;  // [n_layers][d_ff], filled on first use
  std::vector<LayerProbe> layers_;
  size_t layer_ = 0;
};

}  // namespace bamboo

#endif  // BAMBOO_MODEL_FFN_PROBE_H_
