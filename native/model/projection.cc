#include "model/projection.h"

#include <algorithm>

namespace bamboo {
namespace {

// Outputs that a thread takes at once. More make better use of each vector that is read; a few
// times as many items as threads keep all of them busy.
constexpr int64_t kMaxGrain = 256;
constexpr int64_t kMinGrain = 32;
constexpr int64_t kItemsPerThread = 4;

int64_t choose_grain(int64_t outputs, int threads) {
  const int64_t wanted = outputs / (kItemsPerThread * threads) / kMinGrain * kMinGrain;
  return std::clamp(wanted, kMinGrain, kMaxGrain);
}

}  // namespace

ActivationView pack_input(const ForwardContext& c, const float* x, int64_t n, int64_t cols) {
  uint8_t* packed = c.act.packed.data();
  if (!uses_prefill_kernels(c)) return pack(c.kernels, c.pool, x, n, cols, packed);
  const PrefillKernels& kernels = *c.kernels.prefill;
  const auto bytes = static_cast<int64_t>(kernels.packed_bytes(cols));
  c.pool.for_each(n, 16, [&](int64_t begin, int64_t end, int) {
    kernels.pack(x + begin * cols, end - begin, cols, packed + begin * bytes);
  });
  return {x, packed, n};
}

void project(const ForwardContext& c, const ActivationView& x,
             std::initializer_list<MatmulJob> jobs) {
  if (!uses_prefill_kernels(c)) return parallel_matmul(c.kernels, c.pool, x, jobs);
  int64_t outputs = 0;
  for (const MatmulJob& job : jobs) outputs += job.weights->rows;
  const int64_t grain = choose_grain(outputs, c.pool.size());
  const auto grains = [grain](const MatmulJob& job) {
    return (job.weights->rows + grain - 1) / grain;
  };
  int64_t items = 0;
  for (const MatmulJob& job : jobs) items += grains(job);
  c.pool.for_each(items, 1, [&](int64_t item, int64_t, int thread) {
    for (const MatmulJob& job : jobs) {
      if (item >= grains(job)) {
        item -= grains(job);
        continue;
      }
      const int64_t begin = item * grain;
      const int64_t end = std::min(begin + grain, job.weights->rows);
      c.kernels.prefill->matmul(*job.weights, begin, end, x, job.out, job.weights->rows,
                                c.act.prefill_scratch_of(thread));
      return;
    }
  });
}

void project_by_input(const ForwardContext& c, const ActivationView& x, const MatrixView& weights,
                      float* out) {
  const int64_t grain = choose_grain(weights.cols, c.pool.size());
  c.pool.for_each(weights.cols, grain, [&](int64_t begin, int64_t end, int thread) {
    c.kernels.prefill->weighted_rows(weights, begin, end, x, out, weights.cols,
                                     c.act.prefill_scratch_of(thread));
  });
}

}  // namespace bamboo
