#include "model/model_config.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "bamboo/error.h"

namespace bamboo {
namespace {

// Far above any model this runtime is for; they keep products within 64 bits and buffers within
// reason.
constexpr uint64_t kMaxLayers = 1024;
constexpr uint64_t kMaxWidth = 1 << 17;
constexpr uint64_t kMaxFfnWidth = 1 << 20;
constexpr uint64_t kMaxHeads = 1024;
constexpr uint64_t kMaxContext = 1 << 24;
constexpr int64_t kMaxHeadDim = 256;  // a limit of the attention kernel

[[noreturn]] void unsupported(const std::string& what) {
  throw Error(ErrorCode::kUnsupportedArchitecture, what);
}

Activation read_activation(const GgufReader& file, const std::string& arch) {
  if (arch == "bamboo") return Activation::kReluRelu;
  const auto act = file.optional_string(arch + ".hidden_act");
  if (act.has_value()) {
    if (*act == "relu") return Activation::kRelu;
    if (*act == "silu") return Activation::kSilu;
    unsupported("the activation '" + std::string(*act) + "' is not supported: relu and silu are");
  }
  // PowerInfer's dialect only holds ReLU models and does not say so.
  return file.powerinfer() ? Activation::kRelu : Activation::kSilu;
}

void check_rope(const GgufReader& file, const std::string& arch) {
  const auto scaling = file.optional_string(arch + ".rope.scaling.type");
  if (scaling.has_value() && *scaling != "none") {
    unsupported("RoPE scaling '" + std::string(*scaling) + "' is not supported");
  }
}

RopeLayout read_rope_layout(const GgufReader& file, const std::string& arch) {
  const auto layout = file.optional_string(arch + ".rope.layout");
  if (!layout.has_value() || *layout == "adjacent") return RopeLayout::kAdjacentPairs;
  if (*layout == "halves") return RopeLayout::kHalves;
  unsupported("the RoPE layout '" + std::string(*layout) +
              "' is not supported: adjacent and halves are");
}

int64_t read_vocab_size(const GgufReader& file) {
  const GgufTensor* embedding = file.find_tensor("token_embd.weight");
  if (embedding == nullptr) {
    throw Error(ErrorCode::kMissingTensor, "the tensor token_embd.weight is missing");
  }
  return embedding->rows();
}

}  // namespace

ModelConfig read_model_config(const GgufReader& file) {
  ModelConfig config;
  const std::string arch(file.require_string("general.architecture"));
  if (arch != "bamboo" && arch != "llama") {
    unsupported("the architecture '" + arch + "' is not supported: bamboo and llama are");
  }
  const auto uint_key = [&](const char* key, uint64_t max) {
    return static_cast<int64_t>(file.require_uint(arch + key, 1, max));
  };
  config.architecture = arch;
  config.name = std::string(file.optional_string("general.name").value_or(arch));
  config.activation = read_activation(file, arch);
  config.n_layers = uint_key(".block_count", kMaxLayers);
  config.d_model = uint_key(".embedding_length", kMaxWidth);
  config.d_ff = uint_key(".feed_forward_length", kMaxFfnWidth);
  config.n_heads = uint_key(".attention.head_count", kMaxHeads);
  config.n_kv_heads = static_cast<int64_t>(
      file.optional_uint(arch + ".attention.head_count_kv", 1, kMaxHeads).value_or(config.n_heads));
  config.context_length = uint_key(".context_length", kMaxContext);
  if (const auto window = file.optional_uint(arch + ".attention.sliding_window", 1, kMaxContext)) {
    // Within the window, sliding attention is plain causal attention.
    config.context_length = std::min(config.context_length, static_cast<int64_t>(*window));
  }
  config.head_dim =
      static_cast<int64_t>(file.optional_uint(arch + ".attention.key_length", 1, kMaxHeadDim)
                               .value_or(std::max<int64_t>(config.d_model / config.n_heads, 1)));
  config.rotary_dim = static_cast<int64_t>(
      file.optional_uint(arch + ".rope.dimension_count", 2, kMaxHeadDim).value_or(config.head_dim));
  config.norm_epsilon =
      static_cast<float>(file.require_float(arch + ".attention.layer_norm_rms_epsilon"));
  config.rope_theta = file.optional_float(arch + ".rope.freq_base").value_or(10000.0);
  config.rope_layout = read_rope_layout(file, arch);
  check_rope(file, arch);
  config.vocab_size = read_vocab_size(file);

  const auto require = [](bool ok, const std::string& what) {
    if (!ok) throw Error(ErrorCode::kShapeMismatch, what);
  };
  require(config.n_heads % config.n_kv_heads == 0,
          "the number of heads is not a multiple of the number of KV heads");
  require(config.head_dim % 16 == 0 && config.head_dim <= kMaxHeadDim,
          "the head dimension must be a multiple of 16, at most 256");
  require(config.rotary_dim % 2 == 0 && config.rotary_dim <= config.head_dim,
          "the rotary dimension must be even and at most the head dimension");
  require(config.norm_epsilon > 0 && config.norm_epsilon < 1,
          "the norm's epsilon is not in (0, 1)");
  require(config.rope_theta >= 1 && std::isfinite(config.rope_theta), "the RoPE base is below 1");
  return config;
}

}  // namespace bamboo
