#include "addon/file_functions.h"

#include <cstring>
#include <string>
#include <variant>

#include "addon/js_arguments.h"
#include "addon/js_errors.h"
#include "addon/model_info_to_js.h"
#include "bamboo/convert.h"
#include "bamboo/engine.h"
#include "bamboo/inspect.h"
#include "bamboo/metadata.h"

namespace bamboo::addon {
namespace {

Napi::Value scalar_to_js(Napi::Env env, const SummaryScalar& scalar) {
  return std::visit(
      [env](const auto& value) -> Napi::Value { return Napi::Value::From(env, value); }, scalar);
}

struct SummaryToJs {
  Napi::Env env;

  template <class T>
  Napi::Value operator()(const T& value) const {
    return Napi::Value::From(env, value);
  }

  Napi::Value operator()(const std::vector<SummaryScalar>& values) const {
    Napi::Array array = Napi::Array::New(env, values.size());
    for (uint32_t i = 0; i < values.size(); ++i) array.Set(i, scalar_to_js(env, values[i]));
    return array;
  }
};

Napi::Object tensor_to_js(Napi::Env env, const TensorSummary& tensor) {
  Napi::Array shape = Napi::Array::New(env, tensor.shape.size());
  for (uint32_t i = 0; i < tensor.shape.size(); ++i)
    shape.Set(i, static_cast<double>(tensor.shape[i]));
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", tensor.name);
  object.Set("type", tensor.type);
  object.Set("shape", shape);
  object.Set("bytes", static_cast<double>(tensor.bytes));
  return object;
}

template <class Array, class T>
Array typed_array(Napi::Env env, const T* data, size_t count) {
  Array array = Array::New(env, count);
  if (count > 0) std::memcpy(array.Data(), data, count * sizeof(T));
  return array;
}

struct MetadataToJs {
  Napi::Env env;

  template <class T>
  Napi::Value operator()(const T& value) const {
    return Napi::Value::From(env, value);
  }

  Napi::Value operator()(const std::vector<double>& values) const {
    return typed_array<Napi::Float64Array>(env, values.data(), values.size());
  }

  Napi::Value operator()(const StringArray& strings) const {
    const auto* bytes = reinterpret_cast<const uint8_t*>(strings.bytes.data());
    Napi::Object object = Napi::Object::New(env);
    object.Set("bytes", typed_array<Napi::Uint8Array>(env, bytes, strings.bytes.size()));
    object.Set("offsets",
               typed_array<Napi::Uint32Array>(env, strings.offsets.data(), strings.offsets.size()));
    return object;
  }
};

}  // namespace

Napi::Value inspect_file(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&]() -> Napi::Value {
    if (info.Length() < 1) refuse("path", "a string");
    const FileSummary summary = inspect(string_value(info[0], "path"));
    Napi::Object metadata = Napi::Object::New(env);
    for (const auto& [key, value] : summary.metadata)
      metadata.Set(key, std::visit(SummaryToJs{env}, value));
    Napi::Array tensors = Napi::Array::New(env, summary.tensors.size());
    for (uint32_t i = 0; i < summary.tensors.size(); ++i)
      tensors.Set(i, tensor_to_js(env, summary.tensors[i]));
    Napi::Object object = Napi::Object::New(env);
    object.Set("magic", summary.magic);
    object.Set("version", static_cast<double>(summary.version));
    object.Set("fileBytes", static_cast<double>(summary.file_bytes));
    object.Set("metadata", metadata);
    object.Set("tensors", tensors);
    return object;
  });
}

Napi::Value describe_file(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    if (info.Length() < 1) refuse("path", "a string");
    return model_info_to_js(info.Env(), describe_model(string_value(info[0], "path")));
  });
}

Napi::Value read_file_metadata(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&]() -> Napi::Value {
    if (info.Length() < 2) refuse("prefix", "a string");
    const auto values =
        read_metadata(string_value(info[0], "path"), string_value(info[1], "prefix"));
    Napi::Object metadata = Napi::Object::New(env);
    for (const auto& [key, value] : values) metadata.Set(key, std::visit(MetadataToJs{env}, value));
    return metadata;
  });
}

void convert_model(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Napi::Object options = object_argument(info, 0, "options");
    const Napi::Function on_progress = function_argument(info, 1, "onProgress");
    const auto text = [&](const char* name) { return string_value(options.Get(name), name); };
    ConvertOptions convert_options;
    convert_options.input = text("input");
    convert_options.output = text("output");
    convert_options.format = text("format");
    convert_options.attention_type = text("attentionType");
    convert_options.embedding_type = text("embeddingType");
    convert_options.ffn_type = text("ffnType");
    convert_options.predictor_type = text("predictorType");
    convert_options.name = text("name");
    convert(convert_options, [&](const std::string& line) {
      on_progress.Call({Napi::String::New(info.Env(), line)});
    });
  });
}

}  // namespace bamboo::addon
