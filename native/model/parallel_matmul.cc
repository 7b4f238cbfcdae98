#include "model/parallel_matmul.h"

#include <algorithm>

namespace bamboo {
namespace {

// Rows a thread takes at once: enough bytes to stream, few enough to balance. A multiple of every
// kernel's row block.
constexpr int64_t kRowGrain = 64;

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
  const auto grains = [](const MatmulJob& job) {
    return (job.weights->rows + kRowGrain - 1) / kRowGrain;
  };
  int64_t items = 0;
  for (const MatmulJob& job : jobs) items += grains(job);
  pool.for_each(items, 1, [&](int64_t item, int64_t, int) {
    for (const MatmulJob& job : jobs) {
      if (item >= grains(job)) {
        item -= grains(job);
        continue;
      }
      const int64_t begin = item * kRowGrain;
      const int64_t end = std::min(begin + kRowGrain, job.weights->rows);
      kernels.matmul(*job.weights, begin, end, x, job.out, job.weights->rows);
      return;
    }
  });
}

}  // namespace bamboo
