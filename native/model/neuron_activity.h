// How often each neuron of a model was active in a decode step, since the model was loaded.
// Counts only; what they mean is the reader's matter.
#ifndef BAMBOO_MODEL_NEURON_ACTIVITY_H_
#define BAMBOO_MODEL_NEURON_ACTIVITY_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "bamboo/engine.h"

namespace bamboo {

// At a thousand steps a second a counter would overflow after seven weeks.
using NeuronCounter = std::atomic<uint32_t>;

// A neuron is counted by one thread at a time (the owner of its range), so this is a plain
// increment: atomic only in that others may read meanwhile.
inline void count_up(NeuronCounter& counter, uint32_t by = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

class NeuronActivity {
 public:
  NeuronActivity(int64_t n_layers, int64_t d_ff)
      : d_ff_(d_ff),
        size_(static_cast<size_t>(n_layers * d_ff)),
        counters_(std::make_unique<NeuronCounter[]>(size_)) {}

  NeuronCounter* layer(int64_t layer) { return counters_.get() + layer * d_ff_; }  // [d_ff]

  // After that many complete steps; those of one that was cancelled stay counted in the layers it
  // reached.
  void add_steps(int64_t n) { steps_.fetch_add(n, std::memory_order_relaxed); }

  // From any thread, also while steps are being counted.
  NeuronActivityCounts counts() const {
    NeuronActivityCounts out;
    out.steps = steps_.load(std::memory_order_relaxed);
    out.active.resize(size_);
    for (size_t i = 0; i < size_; ++i) out.active[i] = counters_[i].load(std::memory_order_relaxed);
    return out;
  }

 private:
  int64_t d_ff_;
  size_t size_;
  std::unique_ptr<NeuronCounter[]> counters_;  // [n_layers, d_ff]
  std::atomic<int64_t> steps_{0};
};

}  // namespace bamboo

#endif  // BAMBOO_MODEL_NEURON_ACTIVITY_H_
