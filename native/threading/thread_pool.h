// A fixed set of threads that share loops over independent items. Workers spin for a few
// microseconds after each loop, because the next one usually follows at once, then park: an idle
// pool costs no CPU time. A loop ends when its chunks are done, not when every worker has looked at
// it: beside busy processes the caller does not wait for a worker that has no core to run on.
#ifndef BAMBOO_THREADING_THREAD_POOL_H_
#define BAMBOO_THREADING_THREAD_POOL_H_

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace bamboo {

class ThreadPool {
 public:
  // `threads` counts the caller too: a pool of 1 starts no thread. At least 1.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls body(begin, end, thread) for consecutive ranges that cover [0, items), each at most
  // `grain` long, and returns when all are done. thread is in [0, size()). The body must not throw
  // and must not call for_each of the same pool. Called from one thread at a time.
  template <class Body>
  void for_each(int64_t items, int64_t grain, const Body& body) {
    if (items <= 0) return;
    if (workers_.empty() || items <= grain) {
      for (int64_t begin = 0; begin < items; begin += grain) {
        body(begin, begin + grain < items ? begin + grain : items, 0);
      }
      return;
    }
    run([](const void* context, int64_t begin, int64_t end,
           int thread) { (*static_cast<const Body*>(context))(begin, end, thread); },
        &body, items, grain);
  }

 private:
  using Call = void (*)(const void* context, int64_t begin, int64_t end, int thread);

  // The chunks of a loop as one word: how many there are (high half) and the next to take. Whoever
  // counts the word up owns that chunk of the loop that is running now, even if it last looked
  // during an earlier one.
  static uint64_t chunks_of(uint64_t ticket) { return ticket >> 32; }
  static uint64_t next_of(uint64_t ticket) { return ticket & 0xffffffffu; }

  void run(Call call, const void* context, int64_t items, int64_t grain);
  bool take_chunk(int thread);
  void worker_main(int thread);

  // The loop's description: written before the ticket, read only while holding one of its chunks,
  // which keeps the loop from ending.
  Call call_ = nullptr;
  const void* context_ = nullptr;
  int64_t items_ = 0;
  int64_t grain_ = 1;

  alignas(64) std::atomic<uint64_t> ticket_{0};
  alignas(64) std::atomic<uint32_t> done_{0};        // chunks finished
  alignas(64) std::atomic<uint32_t> generation_{0};  // what parked workers wait for
  std::atomic<bool> stop_{false};
  std::vector<std::thread> workers_;
};

}  // namespace bamboo

#endif  // BAMBOO_THREADING_THREAD_POOL_H_
