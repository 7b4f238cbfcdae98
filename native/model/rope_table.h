// Cosines and sines of the rotary position embedding (Su et al. 2021, RoFormer, section 3.2.2), for
// every position of the context, computed once in double precision.
#ifndef BAMBOO_MODEL_ROPE_TABLE_H_
#define BAMBOO_MODEL_ROPE_TABLE_H_

#include <cmath>
#include <cstdint>
#include <vector>

namespace bamboo {

class RopeTable {
 public:
  RopeTable(int64_t positions, int64_t rotary_dim, double theta) : half_(rotary_dim / 2) {
    cosines_.reserve(static_cast<size_t>(positions * half_));
    sines_.reserve(static_cast<size_t>(positions * half_));
    for (int64_t p = 0; p < positions; ++p) {
      for (int64_t i = 0; i < half_; ++i) {
        const double angle =
            static_cast<double>(p) *
            std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(rotary_dim));
        cosines_.push_back(static_cast<float>(std::cos(angle)));
        sines_.push_back(static_cast<float>(std::sin(angle)));
      }
    }
  }

  const float* cosines(int64_t position) const { return cosines_.data() + position * half_; }
  const float* sines(int64_t position) const { return sines_.data() + position * half_; }

 private:
  int64_t half_;
  std::vector<float> cosines_;  // [positions, rotary_dim / 2]
  std::vector<float> sines_;
};

}  // namespace bamboo

#endif  // BAMBOO_MODEL_ROPE_TABLE_H_
