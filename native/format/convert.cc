// Conversion from front to back: options, config, plan, metadata, then every tensor streamed row by
// row.
#include "bamboo/convert.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "bamboo/error.h"
#include "format/float_bits.h"
#include "format/gguf_writer.h"
#include "format/hf_config.h"
#include "format/model_folder.h"
#include "format/quantize.h"
#include "format/tensor_plan.h"
#include "format/tokenizer_metadata.h"

namespace bamboo {
namespace {

constexpr size_t kWriteBytes = size_t{1} << 20;

[[noreturn]] void fail_option(const std::string& problem) {
  throw Error(ErrorCode::kInvalidArgument, problem);
}

DType parse_type(const char* option, const std::string& name) {
  for (int i = 0; i < kDTypeCount; ++i) {
    const DType dtype = static_cast<DType>(i);
    if (name == traits(dtype).name && can_quantize_to(dtype)) return dtype;
  }
  fail_option(std::string(option) + " is '" + name +
              "': choose f32, f16, bf16, q8_0, q5_0 or q4_0");
}

TensorTypes parse_types(const ConvertOptions& options) {
  TensorTypes types;
  types.attention = parse_type("the attention type", options.attention_type);
  types.embedding = parse_type("the embedding type", options.embedding_type);
  types.ffn = parse_type("the feed-forward type", options.ffn_type);
  types.predictor = parse_type("the predictor type", options.predictor_type);
  return types;
}

bool parse_format(const std::string& format) {
  if (format != "bamboo" && format != "powerinfer") {
    fail_option("the format is '" + format + "': choose bamboo or powerinfer");
  }
  return format == "powerinfer";
}

// PowerInfer's sparse operators know two types, take any other for f16, and its tensor library
// predates bf16.
void check_powerinfer_types(const TensorTypes& types) {
  if (types.ffn != DType::kF16 && types.ffn != DType::kQ4_0) {
    fail_option("PowerInfer's form needs f16 or q4_0 as the feed-forward type");
  }
  for (const DType dtype : {types.attention, types.embedding, types.predictor}) {
    if (dtype == DType::kBF16) fail_option("PowerInfer's form has no bf16: choose f16");
  }
}

// general.file_type, llama.cpp's number for the most common tensor type.
uint32_t file_type_number(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return 0;
    case DType::kF16:
      return 1;
    case DType::kQ4_0:
      return 2;
    case DType::kQ8_0:
      return 7;
    case DType::kQ5_0:
      return 8;
    case DType::kQ6_K:
      return 18;
    case DType::kBF16:
      return 32;
  }
  return 0;
}

std::string model_name(const ConvertOptions& options) {
  if (!options.name.empty()) return options.name;
  std::string folder = options.input;
  while (!folder.empty() && (folder.back() == '/' || folder.back() == '\\')) folder.pop_back();
  return folder.substr(folder.find_last_of("/\\") + 1);
}

void add_shape_metadata(const HfConfig& config, GgufWriter& writer) {
  const std::string arch = config.architecture + ".";
  const auto add = [&](const char* key, int64_t value) {
    writer.add_uint32(arch + key, static_cast<uint32_t>(value));
  };
  add("context_length", config.context_length);
  add("embedding_length", config.d_model);
  add("block_count", config.n_layers);
  add("feed_forward_length", config.d_ff);
  add("attention.head_count", config.n_heads);
  add("attention.head_count_kv", config.n_kv_heads);
  add("attention.key_length", config.head_dim);
  add("attention.value_length", config.head_dim);
  add("rope.dimension_count", config.head_dim);
  add("vocab_size", config.vocab_size);
  writer.add_float32(arch + "attention.layer_norm_rms_epsilon",
                     static_cast<float>(config.rms_norm_epsilon));
  writer.add_float32(arch + "rope.freq_base", static_cast<float>(config.rope_theta));
  writer.add_string(arch + "hidden_act", config.hidden_act);
}

void add_predictor_metadata(const TensorPlan& plan, bool powerinfer, GgufWriter& writer) {
  if (powerinfer) writer.add_float32("powerinfer.sparse_threshold", 0.0f);
  if (!plan.has_predictors) return;
  writer.add_string("bamboo.predictor.input", powerinfer ? "residual" : "normed");
  if (plan.predictor_thresholds.empty()) return;
  if (!powerinfer) {
    writer.add_floats("bamboo.predictor.thresholds", plan.predictor_thresholds);
    return;
  }
  for (const float threshold : plan.predictor_thresholds) {
    if (threshold != 0.0f) {
      fail_option(
          "PowerInfer's form cannot hold predictor thresholds other than 0: choose the bamboo "
          "form");
    }
  }
}

// The largest magnitude; throws malformed-tensor when the values are not finite or too large for
// the type.
void check_values(const std::string& source, const PlannedTensor& tensor,
                  const std::vector<float>& values) {
  float largest = 0.0f;
  for (const float value : values) {
    if (!std::isfinite(value)) {
      throw Error(ErrorCode::kMalformedTensor, source + ": the values for '" + tensor.name +
                                                   "' are not all finite: the model is damaged");
    }
    largest = std::max(largest, std::fabs(value));
  }
  if (tensor.dtype == DType::kF16 && largest > kMaxFloat16) {
    throw Error(ErrorCode::kMalformedTensor, source + ": the values for '" + tensor.name +
                                                 "' are too large for f16: choose bf16 or f32");
  }
}

void write_tensor(const std::string& source, const PlannedTensor& tensor, GgufWriter& writer) {
  const size_t bytes_per_row = static_cast<size_t>(row_bytes(tensor.dtype, tensor.cols()));
  const float* importance = tensor.importance == nullptr ? nullptr : tensor.importance->data();
  std::vector<float> row(static_cast<size_t>(tensor.cols()));
  std::vector<uint8_t> packed;
  packed.reserve(kWriteBytes + bytes_per_row);
  for (int64_t r = 0; r < tensor.rows(); ++r) {
    tensor.read_row(r, row.data());
    check_values(source, tensor, row);
    packed.resize(packed.size() + bytes_per_row);
    quantize_row(tensor.dtype, row.data(), tensor.cols(), importance,
                 packed.data() + packed.size() - bytes_per_row);
    if (packed.size() >= kWriteBytes || r + 1 == tensor.rows()) {
      writer.append(tensor.name, packed.data(), packed.size());
      packed.clear();
    }
  }
}

std::string progress_line(const PlannedTensor& tensor, size_t index, size_t count) {
  std::string shape;
  for (const int64_t dimension : tensor.shape)
    shape += (shape.empty() ? "" : " x ") + std::to_string(dimension);
  return std::to_string(index + 1) + "/" + std::to_string(count) + " " + tensor.name + " " +
         traits(tensor.dtype).name + " " + shape;
}

}  // namespace

void convert(const ConvertOptions& options,
             const std::function<void(const std::string&)>& progress) {
  const bool powerinfer = parse_format(options.format);
  const TensorTypes types = parse_types(options);
  if (powerinfer) check_powerinfer_types(types);

  ModelFolder folder = ModelFolder::open(options.input);
  const HfConfig config = read_hf_config(folder.file("config.json"));
  if (powerinfer && config.hidden_act != "relu") {
    throw Error(ErrorCode::kUnsupportedArchitecture,
                options.input + ": PowerInfer's form needs a ReLU model, and this one uses " +
                    config.hidden_act + ": choose the bamboo form");
  }
  const TensorPlan plan = plan_tensors(config, types, powerinfer, folder);

  GgufWriter writer(options.output, powerinfer ? GgufMagic::kPowerInfer : GgufMagic::kGguf);
  writer.add_string("general.architecture", config.architecture);
  writer.add_string("general.name", model_name(options));
  if (!config.license.empty()) writer.add_string("general.license", config.license);
  writer.add_uint32("general.file_type", file_type_number(types.ffn));
  writer.add_uint32("general.quantization_version", 2);
  add_shape_metadata(config, writer);
  add_predictor_metadata(plan, powerinfer, writer);
  if (folder.has_file("tokenizer.json"))
    add_tokenizer_metadata(folder.file("tokenizer.json"), config, writer);
  for (const PlannedTensor& tensor : plan.tensors)
    writer.add_tensor(tensor.name, tensor.dtype, tensor.shape);
  for (size_t i = 0; i < plan.tensors.size(); ++i) {
    if (progress) progress(progress_line(plan.tensors[i], i, plan.tensors.size()));
    write_tensor(options.input, plan.tensors[i], writer);
  }
  writer.finish();
}

}  // namespace bamboo
