// Typed, range-checked access to config.json.
#include "format/hf_config.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "bamboo/error.h"
#include "format/json.h"
#include "format/mapped_file.h"

namespace bamboo {
namespace {

class ConfigFields {
 public:
  ConfigFields(const JsonValue& root, const std::string& path) : root_(root), path_(path) {}

  // nullptr when absent or null.
  const JsonValue* find(std::string_view key) const {
    const JsonValue* value = root_.find(key);
    return value == nullptr || value->is_null() ? nullptr : value;
  }

  std::optional<int64_t> optional_integer(std::string_view key, int64_t min, int64_t max) const {
    const JsonValue* value = find(key);
    if (value == nullptr) return std::nullopt;
    const int64_t* integer = value->get<int64_t>();
    if (integer == nullptr || *integer < min || *integer > max) {
      fail(key, "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
    }
    return *integer;
  }

  int64_t integer(std::string_view key, int64_t max) const {
    return present(key, optional_integer(key, 1, max));
  }

  std::optional<double> optional_positive(std::string_view key) const {
    const JsonValue* value = find(key);
    if (value == nullptr) return std::nullopt;
    return positive(key, *value);
  }

  double positive(std::string_view key, const JsonValue& value) const {
    const double* real = value.get<double>();
    const int64_t* whole = value.get<int64_t>();
    const double number = real != nullptr    ? *real
                          : whole != nullptr ? static_cast<double>(*whole)
                                             : 0.0;
    if (!(number > 0.0) || number > 1e12) fail(key, "must be a positive number");
    return number;
  }

  bool flag(std::string_view key) const {
    const JsonValue* value = find(key);
    if (value == nullptr) return false;
    const bool* boolean = value->get<bool>();
    if (boolean == nullptr) fail(key, "must be true or false");
    return *boolean;
  }

  std::string optional_string(std::string_view key) const {
    const JsonValue* value = find(key);
    if (value == nullptr) return "";
    const std::string* text = value->get<std::string>();
    if (text == nullptr) fail(key, "must be a string");
    return *text;
  }

  template <typename T>
  T present(std::string_view key, std::optional<T> value) const {
    if (value) return *value;
    throw Error(ErrorCode::kMissingMetadata, path_ + ": lacks '" + std::string(key) + "': add it");
  }

  [[noreturn]] void fail(std::string_view key, const std::string& problem) const {
    throw Error(ErrorCode::kMalformedMetadata, path_ + ": '" + std::string(key) + "' " + problem);
  }

  [[noreturn]] void unsupported(const std::string& what) const {
    throw Error(ErrorCode::kUnsupportedArchitecture,
                path_ + ": " + what +
                    " is not supported: choose a Bamboo, Llama or Mistral model without it");
  }

 private:
  const JsonValue& root_;
  const std::string& path_;
};

void read_architecture(const ConfigFields& fields, HfConfig& config) {
  const std::string model_type = fields.optional_string("model_type");
  config.hidden_act = fields.optional_string("hidden_act");
  if (model_type == "bamboo") {
    config.architecture = "bamboo";
    if (config.hidden_act.empty()) config.hidden_act = "relu";
    if (config.hidden_act != "relu")
      fields.unsupported("a bamboo model with hidden_act '" + config.hidden_act + "'");
  } else if (model_type == "llama" || model_type == "mistral") {
    config.architecture = "llama";
    if (config.hidden_act.empty()) config.hidden_act = "silu";
    if (config.hidden_act != "relu" && config.hidden_act != "silu") {
      fields.unsupported("the hidden_act '" + config.hidden_act + "'");
    }
  } else {
    fields.unsupported("the model_type '" + model_type + "'");
  }
}

void refuse_what_changes_the_result(const ConfigFields& fields) {
  if (fields.flag("attention_bias") || fields.flag("mlp_bias"))
    fields.unsupported("a model with biases");
  if (fields.optional_positive("partial_rotary_factor").value_or(1.0) != 1.0) {
    fields.unsupported("a partial_rotary_factor other than 1");
  }
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    const JsonValue* scaling = fields.find(key);
    if (scaling == nullptr) continue;
    const JsonValue* type = scaling->find("rope_type");
    if (type == nullptr) type = scaling->find("type");
    const std::string* name = type == nullptr ? nullptr : type->get<std::string>();
    if (name == nullptr || *name != "default")
      fields.unsupported(std::string(key) + " other than 'default'");
  }
}

double read_rope_theta(const ConfigFields& fields) {
  if (const auto theta = fields.optional_positive("rope_theta")) return *theta;
  const JsonValue* parameters = fields.find("rope_parameters");
  const JsonValue* theta = parameters == nullptr ? nullptr : parameters->find("rope_theta");
  return theta == nullptr ? 10000.0 : fields.positive("rope_theta", *theta);
}

// eos_token_id may be a list: the first entry ends a text.
std::optional<int64_t> read_token_id(const ConfigFields& fields, std::string_view key,
                                     int64_t vocab_size) {
  const JsonValue* value = fields.find(key);
  if (value == nullptr) return std::nullopt;
  if (const JsonArray* ids = value->get<JsonArray>(); ids != nullptr && !ids->empty())
    value = &ids->front();
  const int64_t* id = value->get<int64_t>();
  if (id == nullptr || *id < 0 || *id >= vocab_size)
    fields.fail(key, "must be a token id below vocab_size");
  return *id;
}

}  // namespace

HfConfig read_hf_config(const std::string& path) {
  const MappedFile file = MappedFile::open(path);
  JsonOptions options;
  options.origin = path;
  const JsonValue root =
      parse_json({reinterpret_cast<const char*>(file.data()), file.size()}, options);
  const ConfigFields fields(root, path);
  HfConfig config;
  read_architecture(fields, config);
  refuse_what_changes_the_result(fields);
  config.d_model = fields.integer("hidden_size", 1 << 16);
  config.d_ff = fields.integer("intermediate_size", 1 << 20);
  config.n_layers = fields.integer("num_hidden_layers", 1 << 10);
  config.n_heads = fields.integer("num_attention_heads", 1 << 10);
  config.n_kv_heads =
      fields.optional_integer("num_key_value_heads", 1, config.n_heads).value_or(config.n_heads);
  if (config.n_heads % config.n_kv_heads != 0)
    fields.fail("num_key_value_heads", "must divide num_attention_heads");
  config.head_dim =
      fields.optional_integer("head_dim", 1, 1 << 12).value_or(config.d_model / config.n_heads);
  if (config.head_dim < 2 || config.head_dim % 2 != 0)
    fields.fail("head_dim", "must be even, for rotary positions");
  config.vocab_size = fields.integer("vocab_size", 1 << 22);
  config.context_length = fields.integer("max_position_embeddings", 1 << 24);
  config.context_length = std::min(
      config.context_length,
      fields.optional_integer("sliding_window", 1, 1 << 24).value_or(config.context_length));
  config.rope_theta = read_rope_theta(fields);
  config.rms_norm_epsilon =
      fields.present("rms_norm_eps", fields.optional_positive("rms_norm_eps"));
  config.tied_embeddings = fields.flag("tie_word_embeddings");
  config.bos_token_id = read_token_id(fields, "bos_token_id", config.vocab_size);
  config.eos_token_id = read_token_id(fields, "eos_token_id", config.vocab_size);
  config.license = fields.optional_string("license");
  return config;
}

}  // namespace bamboo
