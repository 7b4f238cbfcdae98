// The shape of a model, read from GGUF metadata and checked. Holds no weights.
#ifndef BAMBOO_MODEL_MODEL_CONFIG_H_
#define BAMBOO_MODEL_MODEL_CONFIG_H_

#include <cstdint>
#include <string>

#include "format/gguf_reader.h"
#include "kernels/kernel_table.h"

namespace bamboo {

// h of the feed-forward block, elementwise over the neurons.
enum class Activation : uint8_t {
  kReluRelu,  // relu(gate) * relu(up): Bamboo (dReLU)
  kRelu,      // relu(gate) * up: ReluLLaMA, ProSparse
  kSilu,      // silu(gate) * up: Llama, Mistral; has no zeros to skip
};

struct ModelConfig {
  std::string name;
  std::string architecture;  // "bamboo" or "llama"
  Activation activation = Activation::kReluRelu;
  int64_t n_layers = 0;
  int64_t d_model = 0;
  int64_t d_ff = 0;
  int64_t n_heads = 0;
  int64_t n_kv_heads = 0;
  int64_t head_dim = 0;
  int64_t rotary_dim = 0;
  int64_t vocab_size = 0;
  int64_t context_length = 0;  // trained
  double rope_theta = 10000;
  float norm_epsilon = 1e-5f;
  RopeLayout rope_layout = RopeLayout::kAdjacentPairs;

  int64_t q_width() const { return n_heads * head_dim; }
  int64_t kv_width() const { return n_kv_heads * head_dim; }
};

// Throws Error unsupported-architecture, missing-metadata, malformed-metadata, shape-mismatch.
ModelConfig read_model_config(const GgufReader& file);

}  // namespace bamboo

#endif  // BAMBOO_MODEL_MODEL_CONFIG_H_
