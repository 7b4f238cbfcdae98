// The JavaScript object behind NativeEngine in src/worker/nativeBinding.ts: arguments in, promises
// out.
#ifndef BAMBOO_ADDON_ENGINE_OBJECT_H_
#define BAMBOO_ADDON_ENGINE_OBJECT_H_

#include <napi.h>

#include <atomic>
#include <memory>

#include "addon/generation_job.h"
#include "bamboo/engine.h"

namespace bamboo::addon {

class EngineObject final : public Napi::ObjectWrap<EngineObject> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit EngineObject(const Napi::CallbackInfo& info);
  ~EngineObject() override;

  // Called by load() right after construction.
  void attach(std::shared_ptr<Engine> engine) { engine_ = std::move(engine); }

 private:
  Napi::Value get_info(const Napi::CallbackInfo& info);
  void set_vocabulary(const Napi::CallbackInfo& info);
  Napi::Value generate(const Napi::CallbackInfo& info);
  void cancel(const Napi::CallbackInfo& info);
  void set_mode(const Napi::CallbackInfo& info);
  void set_paused(const Napi::CallbackInfo& info);
  Napi::Value logits(const Napi::CallbackInfo& info);
  Napi::Value probe(const Napi::CallbackInfo& info);  // engine_probe.cc
  void set_policy(const Napi::CallbackInfo& info);    // engine_probe.cc
  Napi::Value neuron_activity(const Napi::CallbackInfo& info);
  void reset(const Napi::CallbackInfo& info);
  void dispose(const Napi::CallbackInfo& info);

  // Throws invalid-argument when disposed, or when a generate or logits call is still running.
  Engine& idle_engine();

  std::shared_ptr<Engine> engine_;
  std::shared_ptr<GenerationJob> job_;
  std::shared_ptr<std::atomic<bool>> probe_cancel_;
  std::shared_ptr<PauseGate> pause_ = std::make_shared<PauseGate>();  // of all its requests
  bool busy_ = false;
};

}  // namespace bamboo::addon

#endif  // BAMBOO_ADDON_ENGINE_OBJECT_H_
