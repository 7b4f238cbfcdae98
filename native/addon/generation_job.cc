#include "addon/generation_job.h"

#include <algorithm>
#include <utility>

#include "addon/metrics_to_js.h"

namespace bamboo::addon {
namespace {

const char* stop_reason_name(StopReason reason) {
  switch (reason) {
    case StopReason::kEndToken:
      return "end-token";
    case StopReason::kStopString:
      return "stop-string";
    case StopReason::kMaxTokens:
      return "max-tokens";
    case StopReason::kContextFull:
      return "context-full";
    case StopReason::kCancelled:
      return "cancelled";
  }
  return "cancelled";
}

template <class T>
Napi::TypedArrayOf<T> copy_to_js(Napi::Env env, const std::vector<T>& values) {
  auto array = Napi::TypedArrayOf<T>::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Object result_to_js(Napi::Env env, const GenerateResult& result) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("stopReason", stop_reason_name(result.stop_reason));
  object.Set("promptTokens", static_cast<double>(result.prompt_tokens));
  object.Set("reusedTokens", static_cast<double>(result.reused_tokens));
  object.Set("generatedTokens", static_cast<double>(result.generated_tokens));
  object.Set("prefillMs", result.prefill_ms);
  object.Set("decodeMs", result.decode_ms);
  object.Set("decodeBytes", static_cast<double>(result.decode_bytes));
  object.Set("draftedTokens", static_cast<double>(result.drafted_tokens));
  object.Set("acceptedTokens", static_cast<double>(result.accepted_tokens));
  object.Set("predictedShare", result.predicted_share);
  object.Set("activeShare", result.active_share);
  object.Set("metrics", metrics_to_js(env, result.metrics));
  return object;
}

}  // namespace

std::shared_ptr<GenerationJob> GenerationJob::start(Napi::Env env, std::shared_ptr<Engine> engine,
                                                    GenerateRequest request,
                                                    Napi::Function on_tokens,
                                                    std::function<void()> on_settled) {
  std::shared_ptr<GenerationJob> job(new GenerationJob(env, std::move(engine), std::move(request)));
  job->on_settled_ = std::move(on_settled);
  job->callback_ = Napi::ThreadSafeFunction::New(env, on_tokens, "bamboo.generate", 0, 1);
  // The thread keeps the job alive until settle() has run.
  job->thread_ = std::thread([job] { job->run(); });
  return job;
}

GenerationJob::~GenerationJob() {
  if (!thread_.joinable()) return;
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void GenerationJob::stop() {
  cancel();
  if (thread_.joinable()) thread_.join();
}

void GenerationJob::run() {
  try {
    GenerateParams params;
    params.prompt = request_.prompt;
    params.max_tokens = request_.max_tokens;
    params.sampling = request_.sampling;
    params.stop_tokens = request_.stop_tokens;
    params.stop_strings = request_.stop_strings;
    params.mode = request_.mode;
    params.mode_now = &mode_;
    params.max_draft_tokens = request_.max_draft_tokens;
    params.pause = request_.pause.get();
    result_ = engine_->generate(
        params, [this](const TokenEvent& event) { push(event); }, cancel_);
  } catch (...) {
    failure_ = current_failure();
    failed_ = true;
  }
  const auto self = shared_from_this();
  callback_.BlockingCall(
      [self](Napi::Env env, Napi::Function on_tokens) { self->settle(env, on_tokens); });
  callback_.Release();
}

// The JavaScript thread is woken only when its queue was empty: tokens that arrive meanwhile join
// the batch.
void GenerationJob::push(const TokenEvent& event) {
  bool wake = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    wake = pending_.empty();
    if (event.id >= 0) {
      pending_.ids.push_back(event.id);
      pending_.log_probs.push_back(event.log_prob);
    }
    pending_.bytes += event.bytes;
  }
  if (!wake) return;
  const auto self = shared_from_this();
  callback_.NonBlockingCall(
      [self](Napi::Env env, Napi::Function on_tokens) { self->deliver(env, on_tokens); });
}

void GenerationJob::deliver(Napi::Env env, Napi::Function on_tokens) {
  Batch batch;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    batch = std::exchange(pending_, {});
  }
  if (batch.empty()) return;
  Napi::Object object = Napi::Object::New(env);
  object.Set("ids", copy_to_js(env, batch.ids));
  object.Set("logProbs", copy_to_js(env, batch.log_probs));
  object.Set("bytes",
             copy_to_js(env, std::vector<uint8_t>(batch.bytes.begin(), batch.bytes.end())));
  on_tokens.Call({object});
}

void GenerationJob::settle(Napi::Env env, Napi::Function on_tokens) {
  const Napi::HandleScope scope(env);
  try {
    deliver(env, on_tokens);
  } catch (
      const Napi::Error& error) {  // the callback threw: the caller hears of it through the promise
    on_settled_();
    deferred_.Reject(error.Value());
    return;
  }
  on_settled_();
  if (failed_) {
    deferred_.Reject(js_error(env, failure_).Value());
  } else {
    deferred_.Resolve(result_to_js(env, result_));
  }
}

}  // namespace bamboo::addon
