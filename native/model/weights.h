// The tensors of a model: views into the mapped file, plus the small norm vectors as floats.
#ifndef BAMBOO_MODEL_WEIGHTS_H_
#define BAMBOO_MODEL_WEIGHTS_H_

#include <vector>

#include "bamboo/engine.h"
#include "format/gguf_reader.h"
#include "model/model_config.h"
#include "model/predictor.h"
#include "tensor/dtype.h"

namespace bamboo {

struct LayerWeights {
  std::vector<float> attn_norm;  // [d_model]
  MatrixView q;                  // [n_heads * head_dim, d_model]
  MatrixView k;                  // [n_kv_heads * head_dim, d_model]
  MatrixView v;                  // [n_kv_heads * head_dim, d_model]
  MatrixView attn_output;        // [d_model, n_heads * head_dim]
  std::vector<float> ffn_norm;   // [d_model]
  MatrixView gate;               // [d_ff, d_model]
  MatrixView up;                 // [d_ff, d_model]
  // One of the two, by what the file holds; the other is empty.
  MatrixView down_by_neuron;                     // [d_ff, d_model]: ffn_down_t
  MatrixView down;                               // [d_model, d_ff]: ffn_down
  Predictor predictor;                           // empty when the file has none
  FfnMode predicted_mode = FfnMode::kPredicted;  // what predicted mode means in this layer
  bool up_first = false;  // gate and up are exchanged: both halves of dReLU mean the same
};

struct Weights {
  MatrixView embedding;            // [vocab_size, d_model]
  std::vector<float> output_norm;  // [d_model]
  MatrixView output;  // [vocab_size, d_model]; the embedding when the file has none of its own
  std::vector<LayerWeights> layers;

  // What one decode step reads when it computes every neuron, without the KV cache.
  int64_t dense_bytes_per_token() const;

  bool has_predictors() const;  // in any layer
  int64_t max_predictor_rank() const;
};

// Throws Error missing-tensor, shape-mismatch, unsupported-architecture (biases).
Weights read_weights(const GgufReader& file, const ModelConfig& config);

}  // namespace bamboo

#endif  // BAMBOO_MODEL_WEIGHTS_H_
