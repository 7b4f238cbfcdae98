#include "threading/thread_pool.h"

#include <algorithm>
#include <chrono>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bamboo {
namespace {

// Long enough to bridge the serial work between two loops of a token, short enough that a busy
// machine gets its core back: spinning without parking is what makes other engines crawl beside
// busy processes: bench/results/scheduling.md.
constexpr std::chrono::microseconds kSpin{40};
constexpr int kSpinsPerClockRead = 64;

void pause_cpu() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Spins until `value` differs from `old` or the time is up.
template <class T>
bool spin_while_equal(const std::atomic<T>& value, T old) {
  const auto end = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < kSpinsPerClockRead; ++i) {
      if (value.load(std::memory_order_acquire) != old) return true;
      pause_cpu();
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace

ThreadPool::ThreadPool(int threads) {
  const int extra = std::max(threads, 1) - 1;
  workers_.reserve(static_cast<size_t>(extra));
  for (int i = 0; i < extra; ++i) workers_.emplace_back([this, i] { worker_main(i + 1); });
}

ThreadPool::~ThreadPool() {
  stop_.store(true);
  generation_.fetch_add(1);
  generation_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(Call call, const void* context, int64_t items, int64_t grain) {
  const auto chunks = static_cast<uint64_t>((items + grain - 1) / grain);
  call_ = call;
  context_ = context;
  items_ = items;
  grain_ = grain;
  done_.store(0, std::memory_order_relaxed);
  ticket_.store(chunks << 32, std::memory_order_release);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  while (take_chunk(0)) {
  }
  for (uint32_t done = done_.load(std::memory_order_acquire); done != chunks;
       done = done_.load(std::memory_order_acquire)) {
    if (!spin_while_equal(done_, done)) done_.wait(done, std::memory_order_acquire);
  }
}

// Takes and runs the next chunk; false when none is left.
bool ThreadPool::take_chunk(int thread) {
  uint64_t ticket = ticket_.load(std::memory_order_acquire);
  do {
    if (next_of(ticket) >= chunks_of(ticket)) return false;
  } while (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel,
                                          std::memory_order_acquire));
  const int64_t begin = static_cast<int64_t>(next_of(ticket)) * grain_;
  call_(context_, begin, std::min(begin + grain_, items_), thread);
  if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == chunks_of(ticket)) done_.notify_one();
  return true;
}

void ThreadPool::worker_main(int thread) {
  uint32_t seen = 0;
  for (;;) {
    if (!spin_while_equal(generation_, seen)) generation_.wait(seen, std::memory_order_acquire);
    const uint32_t now = generation_.load(std::memory_order_acquire);
    if (now == seen) continue;
    seen = now;
    if (stop_.load()) return;
    while (take_chunk(thread)) {
    }
  }
}

}  // namespace bamboo
