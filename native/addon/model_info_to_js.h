// What a model says of itself as NativeModelInfo of src/worker/nativeBinding.ts.
#ifndef BAMBOO_ADDON_MODEL_INFO_TO_JS_H_
#define BAMBOO_ADDON_MODEL_INFO_TO_JS_H_

#include <napi.h>

#include "bamboo/engine.h"

namespace bamboo::addon {

inline Napi::Object model_info_to_js(Napi::Env env, const ModelInfo& model) {
  Napi::Object object = Napi::Object::New(env);
  const auto number = [&](const char* name, auto value) {
    object.Set(name, static_cast<double>(value));
  };
  object.Set("name", model.name);
  object.Set("architecture", model.architecture);
  object.Set("isa", model.isa);
  object.Set("hasPredictors", model.has_predictors);
  object.Set("hasSilentNeurons", model.has_silent_neurons);
  number("fileBytes", model.file_bytes);
  number("parameterCount", model.parameter_count);
  number("contextLength", model.context_length);
  number("trainedContextLength", model.trained_context_length);
  number("vocabSize", model.vocab_size);
  number("layerCount", model.n_layers);
  number("modelWidth", model.d_model);
  number("ffnWidth", model.d_ff);
  number("threads", model.threads);
  number("loadMs", model.load_ms);
  number("denseBytesPerToken", model.dense_bytes_per_token);
  number("kvBytes", model.kv_bytes);
  return object;
}

}  // namespace bamboo::addon

#endif  // BAMBOO_ADDON_MODEL_INFO_TO_JS_H_
