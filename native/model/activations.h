// The buffers of one forward pass over a chunk of tokens; everything is allocated at load.
#ifndef BAMBOO_MODEL_ACTIVATIONS_H_
#define BAMBOO_MODEL_ACTIVATIONS_H_

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "model/model_config.h"

namespace bamboo {

// A float or byte array on a 64-byte boundary; zero-filled, not copyable.
template <class T>
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(int64_t size);
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }

 private:
  std::unique_ptr<T[], void (*)(void*)> data_{nullptr, std::free};
};

// Neurons are summed in fixed ranges, so that neither threads nor sparsity change the order of
// additions.
inline constexpr int64_t kNeuronRanges = 8;
// Decode steps that one forward pass may verify together.
inline constexpr int64_t kMaxDecodeColumns = 16;
// Vectors that one prefill work item of the down projection handles together, at most: they share
// the rows that any of them needs.
inline constexpr int64_t kDownTile = 32;

// T = tokens of a chunk, at most chunk_capacity.
struct Activations {
  Activations(const ModelConfig& config, int64_t max_predictor_rank, int64_t chunk_capacity,
              int64_t context_length, int threads);

  int64_t chunk_capacity;
  int64_t thread_scratch_floats;  // per thread

  AlignedBuffer<float> residual;   // [T, d_model]
  AlignedBuffer<float> normed;     // [T, d_model]
  AlignedBuffer<float> q;          // [T, n_heads * head_dim]
  AlignedBuffer<float> k;          // [T, n_kv_heads * head_dim]
  AlignedBuffer<float> v;          // [T, n_kv_heads * head_dim]
  AlignedBuffer<float> attended;   // [T, n_heads * head_dim]
  AlignedBuffer<float> gate;       // [T, d_ff]; then the activations h
  AlignedBuffer<float> up;         // [T, d_ff]
  AlignedBuffer<float> projected;  // [T, d_model]: output of attention or down projection
  AlignedBuffer<float> partials;   // [columns, kNeuronRanges, d_model], decode
  AlignedBuffer<uint8_t> packed;   // [T, packed bytes of the widest input]
  AlignedBuffer<float>
      scratch;  // [threads, thread_scratch_floats]: attention scores, down-projection tiles
  int64_t prefill_scratch_bytes;           // per thread
  AlignedBuffer<uint8_t> prefill_scratch;  // [threads, prefill_scratch_bytes]
  AlignedBuffer<uint8_t>
      predictor_packed;                   // [columns] of a predictor's input, then its hidden layer
  AlignedBuffer<float> predictor_hidden;  // [columns, max_predictor_rank]
  std::vector<int32_t> neurons;           // [d_ff]: indices of the neurons computed, decode
  std::vector<float> neuron_values;       // [d_ff]

  float* thread_scratch(int thread) { return scratch.data() + thread * thread_scratch_floats; }
  uint8_t* prefill_scratch_of(int thread) {
    return prefill_scratch.data() + thread * prefill_scratch_bytes;
  }
};

}  // namespace bamboo

#endif  // BAMBOO_MODEL_ACTIVATIONS_H_
