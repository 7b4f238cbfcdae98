#include "model/activations.h"

#include <algorithm>
#include <cstring>

#include "bamboo/error.h"
#include "kernels/dispatch.h"

namespace bamboo {
namespace {

constexpr int64_t kAlignment = 64;

}  // namespace

template <class T>
AlignedBuffer<T>::AlignedBuffer(int64_t size) {
  const int64_t bytes =
      (size * static_cast<int64_t>(sizeof(T)) + kAlignment - 1) / kAlignment * kAlignment;
  data_.reset(static_cast<T*>(
      std::aligned_alloc(kAlignment, static_cast<size_t>(std::max(bytes, kAlignment)))));
  if (data_ == nullptr)
    throw Error(ErrorCode::kOutOfMemory, "not enough memory for the activations");
  std::memset(data_.get(), 0, static_cast<size_t>(bytes));
}
template class AlignedBuffer<float>;
template class AlignedBuffer<uint8_t>;

Activations::Activations(const ModelConfig& c, int64_t max_predictor_rank, int64_t chunk,
                         int64_t context_length, int threads)
    : chunk_capacity(chunk) {
  const int64_t attention_scratch = c.n_heads / c.n_kv_heads * ((context_length + 15) / 16 * 16);
  const int64_t down_scratch = kDownTile * c.d_model;
  thread_scratch_floats = (std::max(attention_scratch, down_scratch) + 15) / 16 * 16;
  residual = AlignedBuffer<float>(chunk * c.d_model);
  normed = AlignedBuffer<float>(chunk * c.d_model);
  q = AlignedBuffer<float>(chunk * c.q_width());
  k = AlignedBuffer<float>(chunk * c.kv_width());
  v = AlignedBuffer<float>(chunk * c.kv_width());
  attended = AlignedBuffer<float>(chunk * c.q_width());
  gate = AlignedBuffer<float>(chunk * c.d_ff);
  up = AlignedBuffer<float>(chunk * c.d_ff);
  projected = AlignedBuffer<float>(chunk * c.d_model);
  partials = AlignedBuffer<float>(kMaxDecodeColumns * kNeuronRanges * c.d_model);
  const int64_t widest = std::max({c.d_model, c.q_width(), c.d_ff});
  const PrefillKernels* prefill = kernels().prefill;
  size_t packed_bytes = kernels().packed_activation_bytes(widest);
  if (prefill != nullptr) packed_bytes = std::max(packed_bytes, prefill->packed_bytes(widest));
  packed = AlignedBuffer<uint8_t>(chunk * static_cast<int64_t>(packed_bytes));
  prefill_scratch_bytes = prefill == nullptr ? 0 : static_cast<int64_t>(prefill->scratch_bytes());
  prefill_scratch = AlignedBuffer<uint8_t>(threads * prefill_scratch_bytes);
  predictor_packed = AlignedBuffer<uint8_t>(kMaxDecodeColumns *
                                            static_cast<int64_t>(kernels().packed_activation_bytes(
                                                std::max(c.d_model, max_predictor_rank))));
  predictor_hidden = AlignedBuffer<float>(kMaxDecodeColumns * max_predictor_rank);
  scratch = AlignedBuffer<float>(threads * thread_scratch_floats);
  neurons.resize(static_cast<size_t>(c.d_ff));
  neuron_values.resize(static_cast<size_t>(c.d_ff));
}

}  // namespace bamboo
