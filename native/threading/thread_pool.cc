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
// busy processes.
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
  const auto most = static_cast<int64_t>(kChunkMask);
  grain = std::max(grain, (items + most - 1) / most);
  const auto chunks = static_cast<uint64_t>((items + grain - 1) / grain);
  call_.store(call, std::memory_order_relaxed);
  context_.store(context, std::memory_order_relaxed);
  items_.store(items, std::memory_order_relaxed);
  grain_.store(grain, std::memory_order_relaxed);
  done_.store(0, std::memory_order_relaxed);
  const uint64_t generation = (ticket_.load(std::memory_order_relaxed) >> (2 * kChunkBits)) + 1;
  ticket_.store(generation << (2 * kChunkBits) | chunks << kChunkBits, std::memory_order_release);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  work(generation, 0);
  for (uint32_t done = done_.load(std::memory_order_acquire); done != chunks;
       done = done_.load(std::memory_order_acquire)) {
    if (!spin_while_equal(done_, done)) done_.wait(done, std::memory_order_acquire);
  }
}

// Takes and runs the next chunk of the loop `generation`; false when it has none left or is over.
bool ThreadPool::take_chunk(uint64_t& ticket, uint64_t generation, int thread) {
  constexpr uint64_t kGenerations = (uint64_t{1} << (64 - 2 * kChunkBits)) - 1;
  do {
    if (ticket >> (2 * kChunkBits) != (generation & kGenerations)) return false;
    if (next_of(ticket) >= chunks_of(ticket)) return false;
  } while (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel,
                                          std::memory_order_acquire));
  const int64_t grain = grain_.load(std::memory_order_relaxed);
  const int64_t begin = static_cast<int64_t>(next_of(ticket)) * grain;
  const int64_t end = std::min(begin + grain, items_.load(std::memory_order_relaxed));
  call_.load(std::memory_order_relaxed)(context_.load(std::memory_order_relaxed), begin, end,
                                        thread);
  if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == chunks_of(ticket)) done_.notify_one();
  return true;
}

void ThreadPool::work(uint64_t generation, int thread) {
  uint64_t ticket = ticket_.load(std::memory_order_acquire);
  while (take_chunk(ticket, generation, thread)) ticket = ticket_.load(std::memory_order_acquire);
}

void ThreadPool::worker_main(int thread) {
  uint32_t seen = 0;
  for (;;) {
    if (!spin_while_equal(generation_, seen)) generation_.wait(seen, std::memory_order_acquire);
    const uint32_t now = generation_.load(std::memory_order_acquire);
    if (now == seen) continue;
    seen = now;
    if (stop_.load()) return;
    work(ticket_.load(std::memory_order_acquire) >> (2 * kChunkBits), thread);
  }
}

}  // namespace bamboo
