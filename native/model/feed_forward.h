// What the dense and the sparse half of the feed-forward block share.
#ifndef BAMBOO_MODEL_FEED_FORWARD_H_
#define BAMBOO_MODEL_FEED_FORWARD_H_

#include <cstdint>

#include "model/transformer.h"

namespace bamboo {

// First neuron of a range; ranges are fixed by the model's shape alone.
inline int64_t neuron_range_begin(int64_t range, int64_t d_ff) {
  return range * d_ff / kNeuronRanges;
}

// out = activation(gate, up), elementwise over n; out may be gate.
void activate(const ForwardContext& context, const float* gate, const float* up, int64_t n,
              float* out);

// residual += sum of act.partials, range by range in ascending order.
void add_partials(const ForwardContext& context);

// residual += down h for h in act.gate, for files whose down projection is stored by output row.
void down_by_output(const ForwardContext& context, const LayerWeights& w, int64_t n_tokens);

// Whether decoding leaves neurons out in this layer, and whether a predictor says which.
inline bool uses_predictor(const ForwardContext& c, const LayerWeights& w) {
  return c.mode == FfnMode::kPredicted && w.predicted_mode == FfnMode::kPredicted &&
         w.predictor.rank() > 0;
}
inline bool skips_neurons(const ForwardContext& c, const LayerWeights& w) {
  const FfnMode mode = c.mode == FfnMode::kPredicted ? w.predicted_mode : c.mode;
  return mode != FfnMode::kDense && c.config.activation != Activation::kSilu;
}

// scores [x.n, d_ff] = fc2 relu(fc1 x) + bias for decoded tokens; x: their normed input, packed.
// (predict_scores.cc)
void predict_scores(const ForwardContext& context, const Predictor& predictor,
                    const ActivationView& x, float* scores);

// One token in exact or predicted mode. x: the normed input, packed. (sparse_feed_forward.cc)
void sparse_decode_block(const ForwardContext& context, const LayerWeights& w,
                         const ActivationView& x, DecodeCounters* counters);

// Several decode steps together, in exact or predicted mode: the bits of one step each.
// (decode_columns.cc)
void sparse_decode_columns(const ForwardContext& context, const LayerWeights& w,
                           const ActivationView& x, DecodeCounters* counters);

// residual += sum over all neurons of h * row for n decode steps; h in act.gate.
// (decode_columns.cc)
void down_by_neuron_columns(const ForwardContext& context, const LayerWeights& w, int64_t n);

}  // namespace bamboo

#endif  // BAMBOO_MODEL_FEED_FORWARD_H_
