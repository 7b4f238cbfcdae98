// Writes config.json and safetensors files by hand: nothing of the converter is used.
#include "hf_folder.h"

#include "format/float_bits.h"
#include "format/quantize.h"
#include "gguf_bytes.h"

namespace bamboo {

HfFolder::HfFolder() {
  config = {
      {"model_type", "\"bamboo\""},       {"hidden_act", "\"relu\""}, {"hidden_size", "64"},
      {"intermediate_size", "96"},        {"num_hidden_layers", "2"}, {"num_attention_heads", "2"},
      {"num_key_value_heads", "1"},       {"head_dim", "32"},         {"vocab_size", "40"},
      {"max_position_embeddings", "128"}, {"rope_theta", "10000.0"},  {"rms_norm_eps", "1e-05"},
      {"tie_word_embeddings", "true"},    {"bos_token_id", "null"},   {"eos_token_id", "0"}};
  weights["model.embed_tokens.weight"] = random_tensor("BF16", {kVocab, kDModel});
  weights["model.norm.weight"] = random_tensor("F32", {kDModel});
  for (int64_t layer = 0; layer < kLayers; ++layer) {
    const std::string prefix = "model.layers." + std::to_string(layer) + ".";
    weights[prefix + "input_layernorm.weight"] = random_tensor("BF16", {kDModel});
    weights[prefix + "post_attention_layernorm.weight"] = random_tensor("BF16", {kDModel});
    weights[prefix + "self_attn.q_proj.weight"] =
        random_tensor("BF16", {kHeads * kHeadDim, kDModel});
    weights[prefix + "self_attn.k_proj.weight"] = random_tensor("F16", {kHeadDim, kDModel});
    weights[prefix + "self_attn.v_proj.weight"] = random_tensor("F32", {kHeadDim, kDModel});
    weights[prefix + "self_attn.o_proj.weight"] =
        random_tensor("BF16", {kDModel, kHeads * kHeadDim});
    weights[prefix + "mlp.gate_proj.weight"] = random_tensor("BF16", {kDFf, kDModel});
    weights[prefix + "mlp.up_proj.weight"] = random_tensor("F16", {kDFf, kDModel});
    weights[prefix + "mlp.down_proj.weight"] = random_tensor("BF16", {kDModel, kDFf});
    const int64_t rank = 32 * (layer + 1);
    const std::string block = "blk." + std::to_string(layer) + ".";
    predictors[block + "fc1"] = random_tensor("F16", {rank, kDModel});
    predictors[block + "fc2"] = random_tensor("F16", {kDFf, rank});
    predictors[block + "activation"] = random_tensor("F16", {kDFf});
  }
}

HfTensor HfFolder::random_tensor(const std::string& dtype, const std::vector<int64_t>& shape) {
  HfTensor tensor{dtype, shape, {}};
  size_t count = 1;
  for (const int64_t dimension : shape) count *= static_cast<size_t>(dimension);
  std::normal_distribution<float> normal(0.0f, 0.5f);
  for (size_t i = 0; i < count; ++i) {
    const float value = normal(random);
    tensor.values.push_back(dtype == "F16"    ? float_from_f16(f16_from_float(value))
                            : dtype == "BF16" ? float_from_bf16(bf16_from_float(value))
                                              : value);
  }
  return tensor;
}

std::string safetensors_bytes(const std::map<std::string, HfTensor>& tensors) {
  std::string header = "{\"__metadata__\":{\"format\":\"pt\"}";
  std::string data;
  for (const auto& [name, tensor] : tensors) {
    const size_t begin = data.size();
    for (const float value : tensor.values) {
      data += tensor.dtype == "F16"    ? raw(f16_from_float(value))
              : tensor.dtype == "BF16" ? raw(bf16_from_float(value))
                                       : raw(value);
    }
    std::string shape;
    for (const int64_t dimension : tensor.shape)
      shape.append(shape.empty() ? "" : ",").append(std::to_string(dimension));
    header += ",\"" + name + "\":{\"dtype\":\"" + tensor.dtype + "\",\"shape\":[" + shape +
              "],\"data_offsets\":[" + std::to_string(begin) + "," + std::to_string(data.size()) +
              "]}";
  }
  header += "}";
  return raw(uint64_t{header.size()}) + header + data;
}

void HfFolder::write() const {
  std::string json;
  for (const auto& [key, value] : config) {
    json.append(json.empty() ? "{\"" : ",\"").append(key).append("\":").append(value);
  }
  folder.write("config.json", json + "}");
  if (!weights.empty()) folder.write("model.safetensors", safetensors_bytes(weights));
  if (!predictors.empty()) folder.write("predictors.safetensors", safetensors_bytes(predictors));
  if (!importance.empty()) folder.write("importance.safetensors", safetensors_bytes(importance));
}

ConvertOptions HfFolder::with_paths(ConvertOptions options) const {
  options.input = folder.path();
  options.output = folder.file("out.gguf");
  return options;
}

std::unique_ptr<GgufReader> HfFolder::convert(ConvertOptions options) const {
  write();
  bamboo::convert(with_paths(std::move(options)), nullptr);
  return GgufReader::open(folder.file("out.gguf"));
}

ConvertOptions lossless() {
  ConvertOptions options;
  options.attention_type = options.embedding_type = options.ffn_type = options.predictor_type =
      "f32";
  return options;
}

std::vector<float> values_of(const GgufReader& reader, const std::string& name) {
  const GgufTensor* tensor = reader.find_tensor(name);
  if (tensor == nullptr) throw std::runtime_error("no tensor " + name);
  const MatrixView matrix = tensor->matrix();
  std::vector<float> values(static_cast<size_t>(matrix.rows * matrix.cols));
  for (int64_t r = 0; r < matrix.rows; ++r) {
    dequantize_row(matrix.dtype, matrix.row(r), matrix.cols, values.data() + r * matrix.cols);
  }
  return values;
}

}  // namespace bamboo
