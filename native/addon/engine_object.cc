#include "addon/engine_object.h"

#include <cstring>
#include <utility>

#include "addon/ffn_mode.h"
#include "addon/js_arguments.h"
#include "addon/js_errors.h"
#include "addon/model_info_to_js.h"
#include "addon/promise_worker.h"

namespace bamboo::addon {
namespace {

std::vector<std::string> read_stop_strings(const Napi::Value& value) {
  if (!value.IsArray()) refuse("stopStrings", "an array");
  const auto array = value.As<Napi::Array>();
  std::vector<std::string> strings;
  for (uint32_t i = 0; i < array.Length(); ++i)
    strings.push_back(byte_string(array[i], "stopStrings"));
  return strings;
}

GenerateRequest read_generate_request(const Napi::Object& params) {
  const auto number = [&](const char* name) { return number_value(params.Get(name), name); };
  const auto integer = [&](const char* name) { return integer_value(params.Get(name), name); };
  GenerateRequest request;
  request.prompt = int32_array(params.Get("promptTokens"), "promptTokens");
  request.stop_tokens = int32_array(params.Get("stopTokens"), "stopTokens");
  request.stop_strings = read_stop_strings(params.Get("stopStrings"));
  request.max_tokens = integer("maxTokens");
  request.sampling.temperature = static_cast<float>(number("temperature"));
  request.sampling.top_k = int32_value(params.Get("topK"), "topK");
  request.sampling.top_p = static_cast<float>(number("topP"));
  request.sampling.min_p = static_cast<float>(number("minP"));
  request.sampling.repetition_penalty = static_cast<float>(number("repetitionPenalty"));
  request.sampling.seed = static_cast<uint64_t>(integer("seed"));
  request.mode = read_mode(params.Get("mode"));
  if (const Napi::Value draft = params.Get("maxDraftTokens"); !draft.IsUndefined()) {
    request.max_draft_tokens = integer_value(draft, "maxDraftTokens");
  }
  return request;
}

}  // namespace

Napi::Function EngineObject::define(Napi::Env env) {
  return DefineClass(env, "NativeEngine",
                     {
                         InstanceAccessor<&EngineObject::get_info>("info"),
                         InstanceMethod<&EngineObject::set_vocabulary>("setVocabulary"),
                         InstanceMethod<&EngineObject::generate>("generate"),
                         InstanceMethod<&EngineObject::cancel>("cancel"),
                         InstanceMethod<&EngineObject::set_mode>("setMode"),
                         InstanceMethod<&EngineObject::set_paused>("setPaused"),
                         InstanceMethod<&EngineObject::logits>("logits"),
                         InstanceMethod<&EngineObject::probe>("probe"),
                         InstanceMethod<&EngineObject::set_policy>("setPolicy"),
                         InstanceMethod<&EngineObject::neuron_activity>("neuronActivity"),
                         InstanceMethod<&EngineObject::reset>("reset"),
                         InstanceMethod<&EngineObject::dispose>("dispose"),
                     });
}

EngineObject::EngineObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<EngineObject>(info) {}

// Runs at the end of the environment too: no thread may outlive it.
EngineObject::~EngineObject() {
  if (job_ != nullptr) job_->stop();
}

Engine& EngineObject::idle_engine() {
  if (engine_ == nullptr) throw Error(ErrorCode::kInvalidArgument, "the engine was disposed");
  if (busy_)
    throw Error(ErrorCode::kInvalidArgument, "the engine is busy: it runs one request at a time");
  return *engine_;
}

Napi::Value EngineObject::get_info(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    if (engine_ == nullptr) throw Error(ErrorCode::kInvalidArgument, "the engine was disposed");
    return model_info_to_js(info.Env(), engine_->info());
  });
}

void EngineObject::set_vocabulary(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    Engine& engine = idle_engine();
    if (info.Length() < 2) refuse("offsets", "given");
    engine.set_vocabulary(byte_string(info[0], "bytes"),
                          typed_array_value<uint32_t, napi_uint32_array>(info[1], "offsets"));
  });
}

Napi::Value EngineObject::generate(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    idle_engine();
    GenerateRequest request = read_generate_request(object_argument(info, 0, "params"));
    const Napi::Function on_tokens = function_argument(info, 1, "onTokens");
    request.pause = pause_;
    busy_ = true;
    Ref();  // this object lives at least as long as its request
    job_ = GenerationJob::start(info.Env(), engine_, std::move(request), on_tokens, [this] {
      busy_ = false;
      Unref();
    });
    return job_->promise();
  });
}

void EngineObject::cancel(const Napi::CallbackInfo&) {
  if (!busy_) return;
  if (job_ != nullptr) job_->cancel();
  if (probe_cancel_ != nullptr) probe_cancel_->store(true);
}

void EngineObject::set_mode(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const FfnMode mode = read_mode(info[0]);
    if (engine_ == nullptr) throw Error(ErrorCode::kInvalidArgument, "the engine was disposed");
    engine_->check_mode(mode);
    if (job_ != nullptr && busy_) job_->set_mode(mode);
  });
}

void EngineObject::set_paused(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    if (info.Length() < 1 || !info[0].IsBoolean()) refuse("paused", "a boolean");
    pause_->set_paused(info[0].As<Napi::Boolean>());
  });
}

Napi::Value EngineObject::neuron_activity(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&]() -> Napi::Value {
    if (engine_ == nullptr) throw Error(ErrorCode::kInvalidArgument, "the engine was disposed");
    const NeuronActivityCounts counts = engine_->neuron_activity();
    auto active = Napi::Uint32Array::New(env, counts.active.size());
    std::memcpy(active.Data(), counts.active.data(), counts.active.size() * sizeof(uint32_t));
    Napi::Object object = Napi::Object::New(env);
    object.Set("steps", static_cast<double>(counts.steps));
    object.Set("active", active);
    return object;
  });
}

Napi::Value EngineObject::logits(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    idle_engine();
    const auto tokens = std::make_shared<std::vector<int32_t>>(int32_array(info[0], "tokens"));
    const int64_t chunk_size = integer_value(info[1], "chunkSize");
    const FfnMode mode = read_mode(info[2]);
    const auto engine = engine_;
    const auto out = std::make_shared<std::vector<float>>();
    busy_ = true;
    Ref();
    return PromiseWorker::run(
        info.Env(), [=] { *out = engine->logits(*tokens, chunk_size, mode); },
        [out](Napi::Env env) -> Napi::Value {
          auto array = Napi::Float32Array::New(env, out->size());
          std::memcpy(array.Data(), out->data(), out->size() * sizeof(float));
          return array;
        },
        [this] {
          busy_ = false;
          Unref();
        });
  });
}

void EngineObject::reset(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] { idle_engine().reset(); });
}

void EngineObject::dispose(const Napi::CallbackInfo&) {
  if (job_ != nullptr) job_->cancel();
  engine_.reset();
}

}  // namespace bamboo::addon
