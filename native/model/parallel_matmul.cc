#include "model/parallel_matmul.h"

#include <algorithm>

namespace bamboo {
namespace {

// The fewest rows a thread takes at once. A multiple of every kernel's row block.
constexpr int64_t kRowGrain = 64;
constexpr int64_t kMaxRuns = 64;

// How the grains of a loop are handed out: in runs that get shorter. Long runs let each thread
// stream through memory undisturbed, short ones at the end let all threads finish together.
struct Runs {
  Runs(int64_t grains, int64_t threads) {
    int64_t first = 0;
    while (first < grains) {
      const int64_t left = grains - first;
      const int64_t length =
          count + 1 == kMaxRuns ? left : (left + 2 * threads - 1) / (2 * threads);
      begin[count++] = first;
      first += length;
    }
    begin[count] = grains;
  }
  int64_t begin[kMaxRuns + 1];
  int64_t count = 0;
};

int64_t grains_of(const MatmulJob& job) { return (job.weights->rows + kRowGrain - 1) / kRowGrain; }

}  // namespace

ActivationView pack(const KernelTable& kernels, ThreadPool& pool, const float* x, int64_t n,
                    int64_t cols, uint8_t* packed) {
  const auto bytes = static_cast<int64_t>(kernels.packed_activation_bytes(cols));
  pool.for_each(n, 16, [&](int64_t begin, int64_t end, int) {
    kernels.pack_activations(x + begin * cols, end - begin, cols, packed + begin * bytes);
  });
  return {x, packed, n};
}

void parallel_matmul(const KernelTable& kernels, ThreadPool& pool, const ActivationView& x,
                     std::initializer_list<MatmulJob> jobs) {
  int64_t grains = 0;
  for (const MatmulJob& job : jobs) grains += grains_of(job);
  const Runs runs(grains, pool.size());
  pool.for_each(runs.count, 1, [&](int64_t run, int64_t, int) {
    int64_t first = runs.begin[run];
    int64_t last = runs.begin[run + 1];
    for (const MatmulJob& job : jobs) {
      const int64_t n = grains_of(job);
      if (first < n && last > 0) {
        const int64_t begin = std::max<int64_t>(first, 0) * kRowGrain;
        const int64_t end = std::min(last * kRowGrain, job.weights->rows);
        kernels.matmul(*job.weights, begin, end, x, job.out, job.weights->rows);
      }
      first -= n;
      last -= n;
    }
  });
}

}  // namespace bamboo
