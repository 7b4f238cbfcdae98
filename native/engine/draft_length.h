// How many tokens to guess next, from how the last guesses fared: long where the text repeats,
// seldom where it does not, since a wrong guess costs the time to check it.
#ifndef BAMBOO_ENGINE_DRAFT_LENGTH_H_
#define BAMBOO_ENGINE_DRAFT_LENGTH_H_

#include <algorithm>
#include <cstdint>

namespace bamboo {

class DraftLength {
 public:
  explicit DraftLength(int64_t most) : most_(most), length_(std::min(kFirst, most)) {}

  // For the next decode step; 0 while it is not worth trying.
  int64_t next() {
    if (resting_ == 0) return length_;
    --resting_;
    return 0;
  }

  // Of a guess of `drafted` tokens the first `accepted` were right.
  void learn(int64_t drafted, int64_t accepted) {
    if (accepted == drafted) {
      length_ = std::min(std::max(length_, 2 * drafted), most_);
    } else {
      length_ = std::min(std::max<int64_t>(accepted, 1), most_);
    }
    if (accepted > 0) {
      misses_ = 0;
      return;
    }
    resting_ = std::min(int64_t{1} << misses_, kLongestRest) - 1;
    misses_ = std::min(misses_ + 1, kLongestRest);
  }

 private:
  static constexpr int64_t kFirst = 2;
  static constexpr int64_t kLongestRest = 16;  // decode steps

  int64_t most_;
  int64_t length_;
  int64_t misses_ = 0;   // wrong from the first token on, in a row
  int64_t resting_ = 0;  // decode steps without a guess
};

}  // namespace bamboo

#endif  // BAMBOO_ENGINE_DRAFT_LENGTH_H_
