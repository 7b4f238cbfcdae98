// What the JavaScript engine object offers for calibration: probing layers and setting their
// policy.
#include <utility>

#include "addon/engine_object.h"
#include "addon/ffn_mode.h"
#include "addon/js_arguments.h"
#include "addon/js_errors.h"
#include "addon/promise_worker.h"

namespace bamboo::addon {
namespace {

// Four numbers a bin, one after another: neurons, gate fires, active, mass.
Napi::Float64Array bins_to_js(Napi::Env env, const std::vector<ScoreBin>& bins) {
  auto array = Napi::Float64Array::New(env, bins.size() * 4);
  double* out = array.Data();
  for (const ScoreBin& bin : bins) {
    *out++ = static_cast<double>(bin.neurons);
    *out++ = static_cast<double>(bin.gate_fires);
    *out++ = static_cast<double>(bin.active);
    *out++ = bin.mass;
  }
  return array;
}

Napi::Object layer_to_js(Napi::Env env, const LayerProbe& layer) {
  Napi::Object object = Napi::Object::New(env);
  const auto number = [&](const char* name, auto value) {
    object.Set(name, static_cast<double>(value));
  };
  number("gateRowBytes", layer.gate_row_bytes);
  number("upRowBytes", layer.up_row_bytes);
  number("downRowBytes", layer.down_row_bytes);
  number("predictorBytes", layer.predictor_bytes);
  number("positions", layer.positions);
  number("gateFires", layer.gate_fires);
  number("upFires", layer.up_fires);
  number("active", layer.active);
  number("predicted", layer.predicted);
  number("hits", layer.hits);
  number("mass", layer.mass);
  number("hitMass", layer.hit_mass);
  object.Set("bins", bins_to_js(env, layer.bins));
  return object;
}

LayerPolicy read_layer_policy(const Napi::Value& value) {
  if (!value.IsObject()) refuse("policy", "an array of objects");
  const auto object = value.As<Napi::Object>();
  LayerPolicy policy;
  policy.mode = read_mode(object.Get("mode"));
  policy.threshold = static_cast<float>(number_value(object.Get("threshold"), "threshold"));
  policy.up_first = object.Get("upFirst").ToBoolean();
  return policy;
}

}  // namespace

Napi::Value EngineObject::probe(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    idle_engine();
    const Napi::Object arguments = object_argument(info, 0, "params");
    const auto tokens =
        std::make_shared<std::vector<int32_t>>(int32_array(arguments.Get("tokens"), "tokens"));
    ProbeParams params;
    params.tokens = *tokens;
    params.first = integer_value(arguments.Get("first"), "first");
    params.every = integer_value(arguments.Get("every"), "every");
    params.mode = read_mode(arguments.Get("mode"));
    const auto engine = engine_;
    const auto cancel = std::make_shared<std::atomic<bool>>(false);
    const auto layers = std::make_shared<std::vector<LayerProbe>>();
    busy_ = true;
    probe_cancel_ = cancel;
    Ref();
    return PromiseWorker::run(
        info.Env(), [=] { *layers = engine->probe(params, *cancel); },
        [layers, tokens](Napi::Env env) -> Napi::Value {
          Napi::Array array = Napi::Array::New(env, layers->size());
          for (size_t i = 0; i < layers->size(); ++i)
            array.Set(static_cast<uint32_t>(i), layer_to_js(env, (*layers)[i]));
          return array;
        },
        [this] {
          busy_ = false;
          probe_cancel_ = nullptr;
          Unref();
        });
  });
}

void EngineObject::set_policy(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    Engine& engine = idle_engine();
    if (info.Length() < 1 || !info[0].IsArray()) refuse("policy", "an array");
    const auto array = info[0].As<Napi::Array>();
    std::vector<LayerPolicy> layers;
    for (uint32_t i = 0; i < array.Length(); ++i) layers.push_back(read_layer_policy(array[i]));
    engine.set_policy(layers);
  });
}

}  // namespace bamboo::addon
