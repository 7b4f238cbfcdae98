#include "model/kv_cache.h"

#include <algorithm>
#include <cstdlib>

#include "bamboo/error.h"

namespace bamboo {
namespace {

constexpr int64_t kPositionBlock = 16;  // positions side by side in the key layout (kernel_table.h)

}  // namespace

KvCache::KvCache(const ModelConfig& config, int64_t capacity)
    : n_layers_(config.n_layers),
      n_kv_heads_(config.n_kv_heads),
      head_dim_(config.head_dim),
      capacity_((capacity + kPositionBlock - 1) / kPositionBlock * kPositionBlock),
      data_(nullptr, std::free) {
  const int64_t elements = 2 * n_layers_ * n_kv_heads_ * head_dim_ * capacity_;
  data_.reset(static_cast<uint16_t*>(std::calloc(static_cast<size_t>(elements), sizeof(uint16_t))));
  if (data_ == nullptr) {
    throw Error(ErrorCode::kOutOfMemory,
                "the KV cache of " + std::to_string(capacity_) + " positions needs " +
                    std::to_string(elements * 2 >> 20) + " MiB: ask for a shorter context");
  }
  tokens_.reserve(static_cast<size_t>(capacity_));
}

uint16_t* KvCache::keys(int64_t layer, int64_t kv_head) {
  return data_.get() + (layer * n_kv_heads_ + kv_head) * 2 * capacity_ * head_dim_;
}

uint16_t* KvCache::values(int64_t layer, int64_t kv_head) {
  return keys(layer, kv_head) + capacity_ * head_dim_;
}

KvHeadView KvCache::head(int64_t layer, int64_t kv_head) const {
  const uint16_t* keys = data_.get() + (layer * n_kv_heads_ + kv_head) * 2 * capacity_ * head_dim_;
  return {keys, keys + capacity_ * head_dim_};
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
  return n_layers_ * n_kv_heads_ * head_dim_ * n_positions * 2 *
         static_cast<int64_t>(sizeof(uint16_t));
}

}  // namespace bamboo
