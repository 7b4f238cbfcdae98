#include "engine/prompt_lookup.h"

#include <algorithm>
#include <bit>

namespace bamboo {

PromptLookup::PromptLookup(int64_t capacity)
    : capacity_(static_cast<size_t>(capacity)),
      newest_(std::bit_ceil(std::max<size_t>(capacity_, 2)), -1),
      older_(capacity_, -1) {
  tokens_.reserve(capacity_);
}

void PromptLookup::restart(std::span<const int32_t> tokens) {
  tokens_.clear();
  std::fill(newest_.begin(), newest_.end(), -1);
  for (const int32_t token : tokens) append(token);
}

void PromptLookup::append(int32_t token) {
  if (tokens_.size() == capacity_) return;
  tokens_.push_back(token);
  const auto end = static_cast<int64_t>(tokens_.size()) - 1;
  if (end == 0) return;
  int32_t& newest = newest_[bucket(end)];
  older_[static_cast<size_t>(end)] = newest;
  newest = static_cast<int32_t>(end);
}

// Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4).
size_t PromptLookup::bucket(int64_t end) const {
  const auto at = static_cast<size_t>(end);
  const uint64_t pair = static_cast<uint64_t>(static_cast<uint32_t>(tokens_[at - 1])) << 32 |
                        static_cast<uint32_t>(tokens_[at]);
  return static_cast<size_t>((pair * 0x9E3779B97F4A7C15u) >> 32) & (newest_.size() - 1);
}

// Tokens up to and including `end` that equal the last ones.
int64_t PromptLookup::match_length(int64_t end) const {
  const int32_t* here = tokens_.data() + end;
  const int32_t* last = tokens_.data() + tokens_.size() - 1;
  const int64_t longest = std::min(kLongestMatch, end + 1);
  int64_t n = 0;
  while (n < longest && here[-n] == last[-n]) ++n;
  return n;
}

int64_t PromptLookup::propose(std::span<int32_t> draft) const {
  const auto last = static_cast<int64_t>(tokens_.size()) - 1;
  if (last < kShortestMatch || draft.empty()) return 0;
  int64_t best_end = -1;
  int64_t best_length = kShortestMatch - 1;
  int32_t end = older_[static_cast<size_t>(last)];
  for (int i = 0; i < kMaxPlaces && end >= 0 && best_length < kLongestMatch; ++i) {
    if (const int64_t length = match_length(end); length > best_length) {
      best_end = end;
      best_length = length;
    }
    end = older_[static_cast<size_t>(end)];
  }
  if (best_end < 0) return 0;
  for (size_t i = 0; i < draft.size(); ++i) {
    const size_t at = static_cast<size_t>(best_end) + 1 + i;
    draft[i] = at < tokens_.size() ? tokens_[at] : draft[at - tokens_.size()];
  }
  return static_cast<int64_t>(draft.size());
}

}  // namespace bamboo
