// The model shape that a Hugging Face config.json describes, as far as Bamboo and Llama models need
// it. Anything the runtime would compute differently is refused here, before a tensor is read.
#ifndef BAMBOO_FORMAT_HF_CONFIG_H_
#define BAMBOO_FORMAT_HF_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>

namespace bamboo {

struct HfConfig {
  std::string architecture;  // "bamboo" or "llama", the value of general.architecture
  std::string hidden_act;    // "relu" or "silu"
  int64_t d_model = 0;
  int64_t d_ff = 0;
  int64_t n_layers = 0;
  int64_t n_heads = 0;
  int64_t n_kv_heads = 0;
  int64_t head_dim = 0;
  int64_t vocab_size = 0;
  int64_t context_length =
      0;  // at most the sliding window, inside which full and windowed attention agree
  double rope_theta = 10000.0;
  double rms_norm_epsilon = 0.0;
  bool tied_embeddings = false;
  std::optional<int64_t> bos_token_id;
  std::optional<int64_t> eos_token_id;
  std::string license;  // empty when the file names none
};

// Throws Error: file-not-found, malformed-metadata, missing-metadata, unsupported-architecture.
HfConfig read_hf_config(const std::string& path);

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_HF_CONFIG_H_
