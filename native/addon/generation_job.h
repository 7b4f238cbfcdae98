// One running generate(): a native thread that decodes, and a queue through which its tokens reach
// JavaScript.
#ifndef BAMBOO_ADDON_GENERATION_JOB_H_
#define BAMBOO_ADDON_GENERATION_JOB_H_

#include <napi.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "addon/js_errors.h"
#include "bamboo/engine.h"

namespace bamboo::addon {

// An owned copy of GenerateParams.
struct GenerateRequest {
  std::vector<int32_t> prompt;
  std::vector<int32_t> stop_tokens;
  std::vector<std::string> stop_strings;
  int64_t max_tokens = 0;
  SamplingParams sampling;
  FfnMode mode = FfnMode::kExact;
  int64_t max_draft_tokens = kDefaultDraftTokens;
  std::shared_ptr<PauseGate> pause;
};

class GenerationJob : public std::enable_shared_from_this<GenerationJob> {
 public:
  // on_settled runs on the JavaScript thread just before the promise settles.
  static std::shared_ptr<GenerationJob> start(Napi::Env env, std::shared_ptr<Engine> engine,
                                              GenerateRequest request, Napi::Function on_tokens,
                                              std::function<void()> on_settled);
  ~GenerationJob();

  Napi::Promise promise() const { return deferred_.Promise(); }
  // Also while paused.
  void cancel() {
    cancel_.store(true, std::memory_order_relaxed);
    request_.pause->wake();
  }
  // From the next decoded token on.
  void set_mode(FfnMode mode) { mode_.store(mode, std::memory_order_relaxed); }
  // Cancels and waits for the native thread; for the end of the environment.
  void stop();

 private:
  struct Batch {
    std::vector<int32_t> ids;
    std::vector<float> log_probs;
    std::string bytes;
    bool empty() const { return ids.empty() && bytes.empty(); }
  };

  GenerationJob(Napi::Env env, std::shared_ptr<Engine> engine, GenerateRequest request)
      : engine_(std::move(engine)),
        request_(std::move(request)),
        mode_(request_.mode),
        deferred_(Napi::Promise::Deferred::New(env)) {}

  void run();                                             // native thread
  void push(const TokenEvent& event);                     // native thread
  void deliver(Napi::Env env, Napi::Function on_tokens);  // JavaScript thread
  void settle(Napi::Env env, Napi::Function on_tokens);   // JavaScript thread

  std::shared_ptr<Engine> engine_;
  GenerateRequest request_;
  std::atomic<bool> cancel_{false};
  std::atomic<FfnMode> mode_;
  Napi::Promise::Deferred deferred_;
  Napi::ThreadSafeFunction callback_;
  std::function<void()> on_settled_;
  std::thread thread_;

  std::mutex mutex_;
  Batch pending_;  // guarded by mutex_

  GenerateResult result_;  // written before settle() is queued
  Failure failure_;
  bool failed_ = false;
};

}  // namespace bamboo::addon

#endif  // BAMBOO_ADDON_GENERATION_JOB_H_
