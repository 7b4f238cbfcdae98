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

  // A loop is published as one word, so that a thread can only take a chunk of the loop that it
  // saw: generation (24 bits), number of chunks (20 bits), next chunk (20 bits).
  static constexpr int kChunkBits = 20;
  static constexpr uint64_t kChunkMask = (uint64_t{1} << kChunkBits) - 1;
  static uint64_t chunks_of(uint64_t ticket) { return (ticket >> kChunkBits) & kChunkMask; }
  static uint64_t next_of(uint64_t ticket) { return ticket & kChunkMask; }

  void run(Call call, const void* context, int64_t items, int64_t grain);
  bool take_chunk(uint64_t& ticket, uint64_t generation, int thread);
  void work(uint64_t generation, int thread);
  void worker_main(int thread);

  // The loop's description: written before the ticket, read only while holding one of its chunks,
  // which keeps the loop from ending. Atomic because a late thread may look while the next loop is
  // being written; what it read is then thrown away with its ticket.
  std::atomic<Call> call_{nullptr};
  std::atomic<const void*> context_{nullptr};
  std::atomic<int64_t> items_{0};
  std::atomic<int64_t> grain_{1};

  alignas(64) std::atomic<uint64_t> ticket_{0};
  alignas(64) std::atomic<uint32_t> done_{0};        // chunks finished
  alignas(64) std::atomic<uint32_t> generation_{0};  // what parked workers wait for
  std::atomic<bool> stop_{false};
  std::vector<std::thread> workers_;
};

}  // namespace bamboo

#endif  // BAMBOO_THREADING_THREAD_POOL_H_
