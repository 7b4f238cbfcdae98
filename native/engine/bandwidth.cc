// The yardstick of every benchmark: how fast this machine reads main memory.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "bamboo/engine.h"
#include "threading/cpu_topology.h"
#include "threading/thread_pool.h"

namespace bamboo {
namespace {

constexpr int64_t kBytes = int64_t{1} << 30;  // far beyond any cache
constexpr int64_t kGrainBytes = int64_t{1} << 20;
constexpr int kPasses = 5;

// Independent sums let the compiler keep several loads in flight.
uint64_t sum(const uint64_t* data, int64_t count) {
  uint64_t lanes[32] = {};
  for (int64_t i = 0; i + 32 <= count; i += 32) {
    for (int lane = 0; lane < 32; ++lane) lanes[lane] += data[i + lane];
  }
  uint64_t total = 0;
  for (const uint64_t lane : lanes) total += lane;
  return total;
}

}  // namespace

double measure_read_bandwidth(int threads) {
  ThreadPool pool(threads > 0 ? threads : available_physical_cores());
  std::vector<uint64_t> data(static_cast<size_t>(kBytes) / sizeof(uint64_t), 1);
  std::vector<uint64_t> sums(static_cast<size_t>(pool.size()) * 8);  // a cache line each
  double best = 0;
  for (int pass = 0; pass < kPasses; ++pass) {
    const auto start = std::chrono::steady_clock::now();
    pool.for_each(kBytes, kGrainBytes, [&](int64_t begin, int64_t end, int thread) {
      sums[static_cast<size_t>(thread) * 8] += sum(data.data() + begin / 8, (end - begin) / 8);
    });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(kBytes) / seconds.count());
  }
  // The data is all ones: a wrong sum would mean that the loop did not read it.
  uint64_t total = 0;
  for (const uint64_t value : sums) total += value;
  if (total != static_cast<uint64_t>(kBytes / 8 * kPasses)) {
    throw Error(ErrorCode::kInternal, "the bandwidth measurement lost part of its data");
  }
  return best;
}

}  // namespace bamboo
