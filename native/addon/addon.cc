// The module: what `require('bamboo.node')` returns, as typed in src/worker/nativeBinding.ts.
// Glue only; arithmetic, files and threads live in the libraries behind it.
#include <napi.h>

#include <memory>

#include "addon/engine_object.h"
#include "addon/file_functions.h"
#include "addon/js_arguments.h"
#include "addon/js_errors.h"
#include "addon/promise_worker.h"
#include "bamboo/engine.h"
#include "kernels/dispatch.h"

namespace bamboo::addon {
namespace {

// The NativeEngine constructor of this environment.
struct InstanceData {
  Napi::FunctionReference engine_constructor;
};

KvType read_kv_type(const Napi::Value& value) {
  if (value.IsUndefined()) return KvType::kF16;
  const std::string name = string_value(value, "kvType");
  if (name == "f16") return KvType::kF16;
  if (name == "q8") return KvType::kQ8;
  refuse("kvType", "'f16' or 'q8'");
}

Napi::Value load(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Object options = object_argument(info, 0, "options");
    EngineOptions engine_options;
    engine_options.model_path = string_value(options.Get("modelPath"), "modelPath");
    engine_options.threads = int32_value(options.Get("threads"), "threads");
    engine_options.context_length = integer_value(options.Get("contextLength"), "contextLength");
    engine_options.kv_type = read_kv_type(options.Get("kvType"));
    const auto engine = std::make_shared<std::shared_ptr<Engine>>();
    return PromiseWorker::run(
        info.Env(), [=] { *engine = Engine::load(engine_options); },
        [engine](Napi::Env env) -> Napi::Value {
          const Napi::Object object =
              env.GetInstanceData<InstanceData>()->engine_constructor.New({});
          Napi::ObjectWrap<EngineObject>::Unwrap(object)->attach(*engine);
          return object;
        });
  });
}

Napi::Value isa(const Napi::CallbackInfo& info) {
  return guarded(info.Env(),
                 [&]() -> Napi::Value { return Napi::String::New(info.Env(), kernels().isa); });
}

Napi::Value read_bandwidth(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    return Napi::Number::New(info.Env(), measure_read_bandwidth(int32_value(info[0], "threads")));
  });
}

Napi::Value score_bin_edges(const Napi::CallbackInfo& info) {
  auto edges = Napi::Float32Array::New(info.Env(), static_cast<size_t>(kScoreBins));
  for (int64_t bin = 0; bin < kScoreBins; ++bin)
    edges[static_cast<size_t>(bin)] = score_bin_edge(bin);
  return edges;
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  auto* data = new InstanceData();
  data->engine_constructor = Napi::Persistent(EngineObject::define(env));
  env.SetInstanceData(data);
  exports.Set("version", BAMBOO_VERSION);
  exports.Set("isa", Napi::Function::New(env, isa));
  exports.Set("load", Napi::Function::New(env, load));
  exports.Set("inspect", Napi::Function::New(env, inspect_file));
  exports.Set("describe", Napi::Function::New(env, describe_file));
  exports.Set("readMetadata", Napi::Function::New(env, read_file_metadata));
  exports.Set("convert", Napi::Function::New(env, convert_model));
  exports.Set("scoreBinEdges", Napi::Function::New(env, score_bin_edges));
  exports.Set("measureReadBandwidth", Napi::Function::New(env, read_bandwidth));
  return exports;
}

}  // namespace
}  // namespace bamboo::addon

static Napi::Object init_module(Napi::Env env, Napi::Object exports) {
  return bamboo::addon::initialize(env, exports);
}

NODE_API_MODULE(bamboo, init_module)
