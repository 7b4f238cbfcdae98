// The logits after each token of an output, computed one decode step at a time or, where the text
// repeats itself, several steps in one forward pass: the tokens that prompt lookup expects are fed
// as further columns and kept as far as they turn out right.
//
// A column has the arithmetic of a decode step of its own, so guessing changes no bit of any logits
// (docs/adr/0008). What does not belong to the output is cut off the KV cache again.
#ifndef BAMBOO_ENGINE_DECODE_STREAM_H_
#define BAMBOO_ENGINE_DECODE_STREAM_H_

#include <array>
#include <atomic>
#include <span>

#include "engine/decode_metrics.h"
#include "engine/draft_length.h"
#include "engine/prompt_lookup.h"
#include "model/transformer.h"

namespace bamboo {

class DecodeStream {
 public:
  // The cache holds params.prompt, `logits` [1 + params.max_draft_tokens, vocab_size] those of its
  // last token in the first row. All references must outlive the stream.
  DecodeStream(const ForwardContext& context, const Weights& weights, const GenerateParams& params,
               PromptLookup& lookup, std::span<float> logits);
  // Leaves in the cache what decoding without guesses would have left there.
  ~DecodeStream();
  DecodeStream(const DecodeStream&) = delete;
  DecodeStream& operator=(const DecodeStream&) = delete;

  // Positions of the prompt and the tokens that advance() was given.
  int64_t length() const { return length_; }

  // [vocab_size], for the token after these.
  std::span<const float> logits() const;

  // Goes on to the logits after `token`, which follows; length() is below the cache's capacity.
  // No more than tokens_left further tokens will be asked for. False when `cancel` was set.
  bool advance(int32_t token, int64_t tokens_left, const std::atomic<bool>& cancel);

  // Fills in the metrics and counts of the decode steps, those of wrong guesses included.
  void report(GenerateResult& result) const;

 private:
  int64_t propose(int64_t tokens_left);
  FfnMode mode_of_next_step() const;

  const ForwardContext& c_;
  const Weights& weights_;
  const GenerateParams& params_;
  PromptLookup& lookup_;
  std::span<float> logits_;
  int64_t max_draft_tokens_;
  DraftLength draft_length_;
  int64_t length_;
  std::array<int32_t, kMaxDecodeColumns> columns_{};  // tokens of the last forward pass
  int64_t n_columns_ = 1;
  int64_t column_ = 0;  // whose logits are next
  DecodeMetrics metrics_;
  int64_t drafted_ = 0;
  int64_t accepted_ = 0;
};

}  // namespace bamboo

#endif  // BAMBOO_ENGINE_DECODE_STREAM_H_
