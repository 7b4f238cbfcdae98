#include "threading/thread_pool.h"

#include <gtest/gtest.h>

#include <ctime>
#include <vector>

namespace bamboo {
namespace {

TEST(ThreadPoolTest, CoversEveryItemOnce) {
  for (const int threads : {1, 2, 4}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.size(), threads);
    for (const int64_t items : {0, 1, 5, 64, 1000}) {
      std::vector<std::atomic<int>> seen(static_cast<size_t>(items));
      pool.for_each(items, 3, [&](int64_t begin, int64_t end, int thread) {
        EXPECT_LE(end - begin, 3);
        EXPECT_LT(thread, threads);
        for (int64_t i = begin; i < end; ++i) ++seen[static_cast<size_t>(i)];
      });
      for (const auto& count : seen) EXPECT_EQ(count, 1);
    }
  }
}

TEST(ThreadPoolTest, ManyShortLoopsFollowEachOther) {
  ThreadPool pool(2);
  std::atomic<int64_t> total{0};
  for (int i = 0; i < 20000; ++i) {
    pool.for_each(2, 1, [&](int64_t begin, int64_t, int) { total += begin + 1; });
  }
  EXPECT_EQ(total, 60000);
}

// CPU seconds of the whole process.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

TEST(ThreadPoolTest, AnIdlePoolUsesNoCpu) {
  ThreadPool pool(4);
  pool.for_each(8, 1, [](int64_t, int64_t, int) {});
  const double before = cpu_seconds();
  timespec nap{0, 300'000'000};
  nanosleep(&nap, nullptr);
  // Three workers may each spin 40 us before they park; 10 ms leaves room for a sanitizer's own
  // threads.
  EXPECT_LT(cpu_seconds() - before, 0.010);
}

}  // namespace
}  // namespace bamboo
