// Runs native work off the JavaScript thread and settles a promise with its outcome.
#ifndef BAMBOO_ADDON_PROMISE_WORKER_H_
#define BAMBOO_ADDON_PROMISE_WORKER_H_

#include <napi.h>

#include <functional>
#include <utility>

#include "addon/js_errors.h"

namespace bamboo::addon {

class PromiseWorker final : public Napi::AsyncWorker {
 public:
  using Work = std::function<void()>;                    // on a worker thread; may throw
  using Finish = std::function<Napi::Value(Napi::Env)>;  // on the JavaScript thread
  using Always = std::function<void()>;                  // on the JavaScript thread, first

  static Napi::Promise run(
      Napi::Env env, Work work, Finish finish, Always always = [] {}) {
    auto* worker = new PromiseWorker(env, std::move(work), std::move(finish), std::move(always));
    const Napi::Promise promise = worker->deferred_.Promise();
    worker->Queue();  // deletes itself when done
    return promise;
  }

 private:
  PromiseWorker(Napi::Env env, Work work, Finish finish, Always always)
      : Napi::AsyncWorker(env),
        deferred_(Napi::Promise::Deferred::New(env)),
        work_(std::move(work)),
        finish_(std::move(finish)),
        always_(std::move(always)) {}

  void Execute() override {
    try {
      work_();
    } catch (...) {
      failure_ = current_failure();
      SetError(failure_.message);
    }
  }

  void OnOK() override {
    always_();
    deferred_.Resolve(finish_(Env()));
  }

  void OnError(const Napi::Error&) override {
    always_();
    deferred_.Reject(js_error(Env(), failure_).Value());
  }

  Napi::Promise::Deferred deferred_;
  Work work_;
  Finish finish_;
  Always always_;
  Failure failure_;
};

}  // namespace bamboo::addon

#endif  // BAMBOO_ADDON_PROMISE_WORKER_H_
