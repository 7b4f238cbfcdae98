// Holds a request back while something more urgent computes. Part of the public API: whoever runs
// requests owns a gate; the forward pass stops at it before every layer.
#ifndef BAMBOO_PAUSE_GATE_H_
#define BAMBOO_PAUSE_GATE_H_

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace bamboo {

// All functions may be called from any thread.
class PauseGate {
 public:
  void set_paused(bool paused) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      paused_.store(paused, std::memory_order_relaxed);
    }
    changed_.notify_all();
  }

  bool paused() const { return paused_.load(std::memory_order_relaxed); }

  // After setting the `cancel` of someone who may be waiting.
  void wake() {
    // Whoever looked before `cancel` was set is asleep once the lock is free.
    { const std::lock_guard<std::mutex> lock(mutex_); }
    changed_.notify_all();
  }

  // Returns when not paused, or when `cancel` is set; the thread is parked until then.
  void wait(const std::atomic<bool>& cancel) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return !paused() || cancel.load(std::memory_order_relaxed); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> paused_{false};
};

}  // namespace bamboo

#endif  // BAMBOO_PAUSE_GATE_H_
