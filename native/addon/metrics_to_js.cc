#include "addon/metrics_to_js.h"

#include <algorithm>

namespace bamboo::addon {
namespace {

Napi::Object phases_to_js(Napi::Env env, const PhaseTimes& times) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("attentionMs", times.attention_ms);
  object.Set("predictorMs", times.predictor_ms);
  object.Set("feedForwardMs", times.feed_forward_ms);
  object.Set("headMs", times.head_ms);
  object.Set("samplingMs", times.sampling_ms);
  return object;
}

Napi::Object bytes_to_js(Napi::Env env, const PhaseBytes& bytes) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("attentionBytes", static_cast<double>(bytes.attention));
  object.Set("predictorBytes", static_cast<double>(bytes.predictor));
  object.Set("feedForwardBytes", static_cast<double>(bytes.feed_forward));
  object.Set("headBytes", static_cast<double>(bytes.head));
  return object;
}

Napi::Object steps_to_js(Napi::Env env, const StepsByMode& steps) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("dense", static_cast<double>(steps.dense));
  object.Set("exact", static_cast<double>(steps.exact));
  object.Set("predicted", static_cast<double>(steps.predicted));
  return object;
}

// One array a kind of count, with one entry a layer.
Napi::Object layers_to_js(Napi::Env env, const std::vector<LayerCounts>& layers) {
  const auto column = [&](int64_t LayerCounts::*count) {
    Napi::Array array = Napi::Array::New(env, layers.size());
    for (uint32_t i = 0; i < layers.size(); ++i)
      array.Set(i, static_cast<double>(layers[i].*count));
    return array;
  };
  Napi::Object object = Napi::Object::New(env);
  object.Set("gateRows", column(&LayerCounts::gate_rows));
  object.Set("predictedRows", column(&LayerCounts::predicted));
  object.Set("upRows", column(&LayerCounts::up_rows));
  object.Set("activeNeurons", column(&LayerCounts::active));
  return object;
}

Napi::Uint8Array bytes_array(Napi::Env env, const std::vector<uint8_t>& bytes) {
  auto array = Napi::Uint8Array::New(env, bytes.size());
  std::copy(bytes.begin(), bytes.end(), array.Data());
  return array;
}

}  // namespace

Napi::Object metrics_to_js(Napi::Env env, const GenerationMetrics& metrics) {
  Napi::Object trace = Napi::Object::New(env);
  trace.Set("steps", static_cast<double>(metrics.trace.steps));
  trace.Set("computed", bytes_array(env, metrics.trace.computed));
  trace.Set("active", bytes_array(env, metrics.trace.active));
  Napi::Object object = Napi::Object::New(env);
  object.Set("prefill", phases_to_js(env, metrics.prefill));
  object.Set("decode", phases_to_js(env, metrics.decode));
  object.Set("bytes", bytes_to_js(env, metrics.decode_bytes));
  object.Set("steps", steps_to_js(env, metrics.steps));
  object.Set("layers", layers_to_js(env, metrics.layers));
  object.Set("trace", trace);
  return object;
}

}  // namespace bamboo::addon
