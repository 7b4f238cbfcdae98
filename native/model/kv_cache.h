// Keys and values of one sequence in f16 or int8, and which tokens they belong to.
#ifndef BAMBOO_MODEL_KV_CACHE_H_
#define BAMBOO_MODEL_KV_CACHE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "bamboo/engine.h"
#include "kernels/kernel_table.h"
#include "model/model_config.h"

namespace bamboo {

// The query heads that share a KV head, at one position.
struct QueryGroup {
  const float* q;  // [n_queries, head_dim]
  int64_t n_queries;
  int64_t n_positions;  // it attends to
  float scale;
  float* out;      // [n_queries, head_dim]
  float* scratch;  // n_queries * round_up(n_positions, 16)
};

class KvCache {
 public:
  // Throws Error out-of-memory. Memory is touched only as positions are written.
  KvCache(const ModelConfig& config, int64_t capacity, KvType type);

  int64_t capacity() const { return capacity_; }
  int64_t bytes() const { return bytes_for(capacity_); }  // allocated
  int64_t length() const { return static_cast<int64_t>(tokens_.size()); }

  // key, value: [head_dim]. Different positions and heads may be written at the same time.
  void store(const KernelTable& kernels, int64_t layer, int64_t kv_head, int64_t position,
             const float* key, const float* value);
  void attend(const KernelTable& kernels, int64_t layer, int64_t kv_head,
              const QueryGroup& group) const;

  // Records tokens whose rows every layer has written, after the current length.
  // Rows from decoding are marked: prefill may use other arithmetic, so a later prompt recomputes
  // them.
  void append(std::span<const int32_t> tokens, bool decoded);

  // Keeps the longest common prefix with `prompt` that was written by prefill, leaving at least the
  // prompt's last token to compute. Returns the kept length.
  int64_t truncate_to_common_prefix(std::span<const int32_t> prompt);

  // Forgets the positions from `length` on; no effect when there are none.
  void truncate(int64_t length);

  void clear();

  // Bytes that attention over n_positions reads, all layers and heads.
  int64_t bytes_for(int64_t n_positions) const;

 private:
  int64_t position_bytes() const;  // of one head: key and value
  uint8_t* head(int64_t layer, int64_t kv_head) const;
  KvHeadView halves(uint8_t* head) const;
  QuantizedKvHeadView integers(uint8_t* head) const;

  int64_t n_layers_;
  int64_t n_kv_heads_;
  int64_t head_dim_;
  int64_t capacity_;  // a multiple of 16
  KvType type_;
  // [n_layers, n_kv_heads] heads of capacity * position_bytes(): keys, values, and for int8 the
  // scales of keys and of values as floats.
  std::unique_ptr<uint8_t[], void (*)(void*)> data_;
  std::vector<int32_t> tokens_;
  int64_t prefilled_ = 0;  // leading positions written by prefill
};

}  // namespace bamboo

#endif  // BAMBOO_MODEL_KV_CACHE_H_
