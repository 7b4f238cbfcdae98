#include "model/weights.h"

#include <algorithm>
#include <string>

#include "bamboo/error.h"
#include "kernels/dispatch.h"

namespace bamboo {
namespace {

const GgufTensor& require_tensor(const GgufReader& file, const std::string& name) {
  const GgufTensor* tensor = file.find_tensor(name);
  if (tensor == nullptr) {
    throw Error(ErrorCode::kMissingTensor,
                "the tensor " + name + " is missing from the model file");
  }
  return *tensor;
}

MatrixView checked_matrix(const GgufTensor& tensor, int64_t rows, int64_t cols) {
  if (tensor.shape.size() > 2 || tensor.cols() != cols || tensor.rows() != rows) {
    throw Error(ErrorCode::kShapeMismatch,
                "the tensor " + std::string(tensor.name) + " is " + std::to_string(tensor.rows()) +
                    " x " + std::to_string(tensor.cols()) + "; the metadata asks for " +
                    std::to_string(rows) + " x " + std::to_string(cols));
  }
  return tensor.matrix();
}

MatrixView read_matrix(const GgufReader& file, const std::string& name, int64_t rows,
                       int64_t cols) {
  return checked_matrix(require_tensor(file, name), rows, cols);
}

std::vector<float> read_vector(const GgufReader& file, const std::string& name, int64_t n) {
  const MatrixView view = checked_matrix(require_tensor(file, name), 1, n);
  std::vector<float> out(static_cast<size_t>(n));
  kernels().dequantize_row(view, 0, out.data());
  return out;
}

// A tensor that would change the result but is not read here must not be ignored in silence.
void refuse_biases(const GgufReader& file) {
  for (const GgufTensor& tensor : file.tensors()) {
    const bool is_bias = tensor.name.ends_with(".bias") && !tensor.name.ends_with(".fc2.bias");
    if (is_bias || tensor.name.ends_with("attn_q_norm.weight")) {
      throw Error(ErrorCode::kUnsupportedArchitecture,
                  "the tensor " + std::string(tensor.name) +
                      " belongs to a model with biases or query norms, "
                      "which this runtime does not compute");
    }
  }
}

LayerWeights read_layer(const GgufReader& file, const ModelConfig& config, int64_t layer) {
  const std::string prefix = "blk." + std::to_string(layer) + ".";
  const auto matrix = [&](const char* name, int64_t rows, int64_t cols) {
    return read_matrix(file, prefix + name + ".weight", rows, cols);
  };
  LayerWeights w;
  w.attn_norm = read_vector(file, prefix + "attn_norm.weight", config.d_model);
  w.q = matrix("attn_q", config.q_width(), config.d_model);
  w.k = matrix("attn_k", config.kv_width(), config.d_model);
  w.v = matrix("attn_v", config.kv_width(), config.d_model);
  w.attn_output = matrix("attn_output", config.d_model, config.q_width());
  w.ffn_norm = read_vector(file, prefix + "ffn_norm.weight", config.d_model);
  w.gate = matrix("ffn_gate", config.d_ff, config.d_model);
  w.up = matrix("ffn_up", config.d_ff, config.d_model);
  if (file.find_tensor(prefix + "ffn_down_t.weight") != nullptr) {
    w.down_by_neuron = matrix("ffn_down_t", config.d_ff, config.d_model);
  } else {
    w.down = matrix("ffn_down", config.d_model, config.d_ff);
  }
  w.predictor = read_predictor(file, config, layer);
  return w;
}

}  // namespace

int64_t Weights::dense_bytes_per_token() const {
  int64_t bytes = embedding.stride() + output.bytes();
  for (const LayerWeights& w : layers) {
    bytes += w.q.bytes() + w.k.bytes() + w.v.bytes() + w.attn_output.bytes();
    bytes += w.gate.bytes() + w.up.bytes() + w.down.bytes() + w.down_by_neuron.bytes();
    bytes += static_cast<int64_t>((w.attn_norm.size() + w.ffn_norm.size()) * sizeof(float));
  }
  return bytes;
}

bool Weights::has_predictors() const { return max_predictor_rank() > 0; }

int64_t Weights::max_predictor_rank() const {
  int64_t rank = 0;
  for (const LayerWeights& w : layers) rank = std::max(rank, w.predictor.rank());
  return rank;
}

Weights read_weights(const GgufReader& file, const ModelConfig& config) {
  refuse_biases(file);
  Weights weights;
  weights.embedding = read_matrix(file, "token_embd.weight", config.vocab_size, config.d_model);
  weights.output_norm = read_vector(file, "output_norm.weight", config.d_model);
  weights.output = file.find_tensor("output.weight") == nullptr
                       ? weights.embedding
                       : read_matrix(file, "output.weight", config.vocab_size, config.d_model);
  for (int64_t layer = 0; layer < config.n_layers; ++layer) {
    weights.layers.push_back(read_layer(file, config, layer));
  }
  return weights;
}

}  // namespace bamboo
