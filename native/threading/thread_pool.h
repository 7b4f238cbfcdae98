// A fixed set of threads that share loops over independent items. Workers spin for a few
// microseconds after each loop, because the next one usually follows at once, then park: an idle
// pool costs no CPU time.
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
    run({[](const void* context, int64_t begin, int64_t end, int thread) {
           (*static_cast<const Body*>(context))(begin, end, thread);
         },
         &body, items, grain});
  }

 private:
  struct Loop {
    void (*call)(const void* context, int64_t begin, int64_t end, int thread) = nullptr;
    const void* context = nullptr;
    int64_t items = 0;
    int64_t grain = 1;
  };

  void run(const Loop& loop);
  void work(int thread);
  void worker_main(int thread);

  Loop loop_;
  alignas(64) std::atomic<int64_t> next_{0};
  alignas(64) std::atomic<uint32_t> generation_{0};
  alignas(64) std::atomic<int> busy_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> workers_;
};

}  // namespace bamboo

#endif  // BAMBOO_THREADING_THREAD_POOL_H_
