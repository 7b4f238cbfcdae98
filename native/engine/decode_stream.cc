#include "engine/decode_stream.h"

#include <algorithm>

namespace bamboo {

static_assert(kMaxDecodeColumns == kMaxDraftTokens + 1);

DecodeStream::DecodeStream(const ForwardContext& context, const Weights& weights,
                           const GenerateParams& params, PromptLookup& lookup,
                           std::span<float> logits)
    : c_(context),
      weights_(weights),
      params_(params),
      lookup_(lookup),
      logits_(logits),
      max_draft_tokens_(std::min(params.max_draft_tokens, context.act.chunk_capacity - 1)),
      draft_length_(max_draft_tokens_),
      length_(context.cache.length()),
      metrics_(context.config) {
  if (max_draft_tokens_ > 0) lookup_.restart(params.prompt);
}

DecodeStream::~DecodeStream() { c_.cache.truncate(length_); }

std::span<const float> DecodeStream::logits() const {
  const auto vocab = static_cast<size_t>(c_.config.vocab_size);
  return logits_.subspan(static_cast<size_t>(column_) * vocab, vocab);
}

// Appends guesses to the columns, as many as fit the output and the cache.
int64_t DecodeStream::propose(int64_t tokens_left) {
  const int64_t room = std::min(tokens_left - 1, c_.cache.capacity() - length_ - 1);
  if (max_draft_tokens_ == 0 || room <= 0) return 0;
  const int64_t n = std::min(draft_length_.next(), room);
  return lookup_.propose(std::span(columns_).subspan(1, static_cast<size_t>(n)));
}

FfnMode DecodeStream::mode_of_next_step() const {
  return params_.mode_now == nullptr ? params_.mode
                                     : params_.mode_now->load(std::memory_order_relaxed);
}

void DecodeStream::report(GenerateResult& result) const {
  metrics_.report(result);
  result.drafted_tokens = drafted_;
  result.accepted_tokens = accepted_;
}

bool DecodeStream::advance(int32_t token, int64_t tokens_left, const std::atomic<bool>& cancel) {
  if (max_draft_tokens_ > 0) lookup_.append(token);
  if (column_ + 1 < n_columns_ && columns_[static_cast<size_t>(column_ + 1)] == token) {
    ++column_;
    ++length_;
    ++accepted_;
    return true;
  }
  if (n_columns_ > 1) draft_length_.learn(n_columns_ - 1, column_);
  c_.cache.truncate(length_);
  columns_[0] = token;
  column_ = 0;
  n_columns_ = 1;  // so that a cancelled pass leaves no columns behind
  const int64_t n = 1 + propose(tokens_left);
  const auto tokens = std::span(columns_).first(static_cast<size_t>(n));
  // Several tokens, yet a decode step: each column has the bits and the masks of a step of its own.
  const ForwardContext c = with_mode(c_, mode_of_next_step());
  if (!forward(c, weights_, tokens, true, cancel, &metrics_.begin_step())) return false;
  compute_logits(c, weights_, n, n, logits_.data());
  int64_t kv_bytes = 0;
  for (int64_t i = 1; i <= n; ++i) kv_bytes += c.cache.bytes_for(length_ + i);
  metrics_.end_step(c.mode, n, kv_bytes);
  n_columns_ = n;
  drafted_ += n - 1;
  ++length_;
  return true;
}

}  // namespace bamboo
