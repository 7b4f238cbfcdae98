#include "model/kv_cache.h"

#include <algorithm>
#include <cstdlib>

#include "bamboo/error.h"

namespace bamboo {
namespace {

constexpr int64_t kPositionBlock = 16;  // positions side by side in the key layout (kernel_table.h)

}  // namespace

KvCache::KvCache(const ModelConfig& config, int64_t capacity, KvType type)
    : n_layers_(config.n_layers),
      n_kv_heads_(config.n_kv_heads),
      head_dim_(config.head_dim),
      capacity_((capacity + kPositionBlock - 1) / kPositionBlock * kPositionBlock),
      type_(type),
      data_(nullptr, std::free) {
  data_.reset(static_cast<uint8_t*>(std::calloc(static_cast<size_t>(bytes()), 1)));
  if (data_ == nullptr) {
    throw Error(ErrorCode::kOutOfMemory, "the KV cache of " + std::to_string(capacity_) +
                                             " positions needs " + std::to_string(bytes() >> 20) +
                                             " MiB: ask for a shorter context");
  }
  tokens_.reserve(static_cast<size_t>(capacity_));
}

int64_t KvCache::position_bytes() const {
  const auto half = static_cast<int64_t>(sizeof(uint16_t));
  const auto scale = static_cast<int64_t>(sizeof(float));
  return type_ == KvType::kQ8 ? 2 * (head_dim_ + scale) : 2 * head_dim_ * half;
}

uint8_t* KvCache::head(int64_t layer, int64_t kv_head) const {
  return data_.get() + (layer * n_kv_heads_ + kv_head) * capacity_ * position_bytes();
}

KvHeadView KvCache::halves(uint8_t* head) const {
  const auto* keys = reinterpret_cast<uint16_t*>(head);
  return {keys, keys + capacity_ * head_dim_};
}

QuantizedKvHeadView KvCache::integers(uint8_t* head) const {
  const auto* keys = reinterpret_cast<int8_t*>(head);
  const auto* scales = reinterpret_cast<float*>(head + 2 * capacity_ * head_dim_);
  return {keys, keys + capacity_ * head_dim_, scales, scales + capacity_};
}

void KvCache::store(const KernelTable& kernels, int64_t layer, int64_t kv_head, int64_t position,
                    const float* key, const float* value) {
  uint8_t* at = head(layer, kv_head);
  if (type_ == KvType::kQ8) {
    auto* keys = reinterpret_cast<int8_t*>(at);
    auto* scales = reinterpret_cast<float*>(at + 2 * capacity_ * head_dim_);
    kernels.store_quantized_key(key, head_dim_, position, keys, scales);
    kernels.store_quantized_value(value, head_dim_, position, keys + capacity_ * head_dim_,
                                  scales + capacity_);
    return;
  }
  auto* keys = reinterpret_cast<uint16_t*>(at);
  kernels.store_key(key, head_dim_, position, keys);
  kernels.store_value(value, head_dim_, position, keys + capacity_ * head_dim_);
}

void KvCache::attend(const KernelTable& kernels, int64_t layer, int64_t kv_head,
                     const QueryGroup& g) const {
  uint8_t* at = head(layer, kv_head);
  if (type_ == KvType::kQ8) {
    kernels.attend_quantized(integers(at), g.q, g.n_queries, head_dim_, head_dim_, g.n_positions,
                             g.scale, g.out, g.scratch);
  } else {
    kernels.attend(halves(at), g.q, g.n_queries, head_dim_, head_dim_, g.n_positions, g.scale,
                   g.out, g.scratch);
  }
}

void KvCache::append(std::span<const int32_t> tokens, bool decoded) {
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  if (!decoded && prefilled_ + static_cast<int64_t>(tokens.size()) == length())
    prefilled_ = length();
}

int64_t KvCache::truncate_to_common_prefix(std::span<const int32_t> prompt) {
  const auto limit =
      std::min<size_t>(static_cast<size_t>(prefilled_), prompt.empty() ? 0 : prompt.size() - 1);
  size_t common = 0;
  while (common < limit && tokens_[common] == prompt[common]) ++common;
  tokens_.resize(common);
  prefilled_ = static_cast<int64_t>(common);
  return prefilled_;
}

void KvCache::truncate(int64_t length) {
  if (length >= this->length()) return;
  tokens_.resize(static_cast<size_t>(length));
  prefilled_ = std::min(prefilled_, length);
}

void KvCache::clear() {
  tokens_.clear();
  prefilled_ = 0;
}

int64_t KvCache::bytes_for(int64_t n_positions) const {
  return n_layers_ * n_kv_heads_ * n_positions * position_bytes();
}

}  // namespace bamboo
