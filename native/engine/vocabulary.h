// The bytes of every token, so that the decode loop can match stop strings and hand out text.
#ifndef BAMBOO_ENGINE_VOCABULARY_H_
#define BAMBOO_ENGINE_VOCABULARY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bamboo/error.h"

namespace bamboo {

class Vocabulary {
 public:
  Vocabulary() = default;

  // offsets: vocab_size + 1 ascending positions in bytes. Throws Error invalid-argument.
  Vocabulary(std::string bytes, std::vector<uint32_t> offsets, int64_t vocab_size)
      : bytes_(std::move(bytes)), offsets_(std::move(offsets)) {
    bool valid =
        static_cast<int64_t>(offsets_.size()) == vocab_size + 1 && offsets_.back() <= bytes_.size();
    for (size_t i = 1; valid && i < offsets_.size(); ++i) valid = offsets_[i - 1] <= offsets_[i];
    if (!valid) {
      throw Error(ErrorCode::kInvalidArgument,
                  "the vocabulary does not fit the model: its tokenizer has " +
                      std::to_string(offsets_.empty() ? 0 : offsets_.size() - 1) +
                      " tokens, the model " + std::to_string(vocab_size));
    }
  }

  bool empty() const { return offsets_.empty(); }

  // Nothing for any token when there is no vocabulary.
  std::string_view operator[](int32_t token) const {
    if (offsets_.empty()) return {};
    const auto i = static_cast<size_t>(token);
    return std::string_view(bytes_).substr(offsets_[i], offsets_[i + 1] - offsets_[i]);
  }

 private:
  std::string bytes_;
  std::vector<uint32_t> offsets_;
};

}  // namespace bamboo

#endif  // BAMBOO_ENGINE_VOCABULARY_H_
