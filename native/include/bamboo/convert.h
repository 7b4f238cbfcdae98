// Converts a model folder in Hugging Face form to one GGUF file. Part of the public API: the addon
// and the CLI call it.
//
// The file written ({arch} is "bamboo", or "llama" for model_type llama and mistral; tensor names
// are llama.cpp's; shapes in GGUF order, the first dimension contiguous; norms are always f32):
//   {arch}.hidden_act            "relu" or "silu"; bamboo: down(relu(gate x) * relu(up x)),
//                                llama: down(act(gate x) * (up x))
//   {arch}.context_length        at most the sliding window, if the model has one
//   output.weight                absent when the embedding is tied (bamboo form only)
//   blk.N.attn_q, blk.N.attn_k   rows of each head reordered from Hugging Face's halves
//                                (i, i + h/2) to the adjacent pairs (2i, 2i + 1) of GGUF
//   blk.N.ffn_down_t.weight      {d_model, d_ff}: one row a neuron
//   blk.N.fc1.weight, fc2        {d_model, rank}, {rank, d_ff}; a layer may have none, and the
//                                rank may differ from layer to layer
//   bamboo.predictor.input       "normed": fc1 reads the FFN's input after the norm; "residual"
//                                in the powerinfer form, where fc1 holds the norm's weight
//   bamboo.predictor.thresholds  f32 [n_layers], from "thresholds" in predictors.safetensors
//   blk.N.ffn_activation         f32 {d_ff}: share of tokens on which each neuron fires
//   powerinfer.sparse_threshold  0 (powerinfer form only)
//   tokenizer.ggml.*             from a byte-level BPE tokenizer.json
//   general.license              from "license" in config.json, when it is there
#ifndef BAMBOO_CONVERT_H_
#define BAMBOO_CONVERT_H_

#include <functional>
#include <string>

namespace bamboo {

struct ConvertOptions {
  // Folder with config.json, model.safetensors (or model.safetensors.index.json and its shards) and
  // optionally predictors.safetensors, importance.safetensors, tokenizer.json. UTF-8.
  std::string input;
  // The GGUF file to write; an existing one is replaced only when the new one is complete. UTF-8.
  std::string output;
  // "bamboo": our own form. "powerinfer": PowerInfer's dialect, which needs predictors and a ReLU
  // model.
  std::string format = "bamboo";
  // f32 f16 bf16 q8_0 q5_0 q4_0; in "powerinfer" ffn_type is f16 or q4_0 and bf16 does not exist.
  std::string attention_type = "f16";
  std::string embedding_type = "f16";
  std::string ffn_type = "f16";
  std::string predictor_type = "f16";
  // general.name; empty: the folder's name.
  std::string name;
};

// `progress` gets one line a tensor and may be empty. Memory stays at a few rows of the widest
// tensor. Throws Error: invalid-argument (options), file-not-found, file-unreadable,
// truncated-file, malformed-header, malformed-metadata, malformed-tensor, missing-metadata,
// missing-tensor, shape-mismatch, unsupported-tensor-type, unsupported-architecture (config.json),
// file-write-failed. Messages name the tensor or key.
void convert(const ConvertOptions& options,
             const std::function<void(const std::string&)>& progress);

}  // namespace bamboo

#endif  // BAMBOO_CONVERT_H_
