// Guesses the next tokens by looking the last few up in the text so far: code repeats itself
// (prompt lookup, Saxena 2023). A guess costs nothing to be wrong but the time to check it;
// decode_stream.h checks it.
#ifndef BAMBOO_ENGINE_PROMPT_LOOKUP_H_
#define BAMBOO_ENGINE_PROMPT_LOOKUP_H_

#include <cstdint>
#include <span>
#include <vector>

namespace bamboo {

class PromptLookup {
 public:
  // Everything is allocated here; tokens after the first `capacity` are not looked at.
  explicit PromptLookup(int64_t capacity);

  // Forgets everything and begins with these tokens.
  void restart(std::span<const int32_t> tokens);

  void append(int32_t token);

  // Writes what followed the longest earlier match of the last tokens, the newest of equally long
  // ones, and returns how many tokens it wrote: draft.size(), or 0 when nothing matches. A match
  // that reaches into the text's end goes on with its own guesses, as a repetition does.
  int64_t propose(std::span<int32_t> draft) const;

  // Tokens that must match, and after how many a longer match counts for no more.
  static constexpr int64_t kShortestMatch = 2;
  static constexpr int64_t kLongestMatch = 8;
  // Earlier places looked at: bounds the cost of a step in a text of one repeated pair.
  static constexpr int kMaxPlaces = 64;

 private:
  size_t bucket(int64_t end) const;  // of the pair of tokens at end - 1 and end
  int64_t match_length(int64_t end) const;

  size_t capacity_;
  std::vector<int32_t> tokens_;
  std::vector<int32_t> newest_;  // [a power of two]: where the newest pair of a bucket ends; -1
  std::vector<int32_t> older_;   // [capacity]: the one before it in the same bucket; -1
};

}  // namespace bamboo

#endif  // BAMBOO_ENGINE_PROMPT_LOOKUP_H_
