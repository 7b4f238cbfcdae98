// Chooses the next token from logits. Deterministic for a seed; ties go to the lower token id.
#ifndef BAMBOO_ENGINE_SAMPLER_H_
#define BAMBOO_ENGINE_SAMPLER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "bamboo/engine.h"
#include "kernels/kernel_table.h"

namespace bamboo {

struct SampledToken {
  int32_t id = 0;
  float log_prob = 0;  // under the model, before penalties and filters
};

// Throws Error invalid-argument for parameters out of range.
void check_sampling(const SamplingParams& params);

class Sampler {
 public:
  Sampler(const KernelTable& kernels, const SamplingParams& params, int64_t vocab_size);

  // Tokens the repetition penalty looks at; the last kPenaltyWindow count.
  void observe(int32_t token);

  // May reorder and scale a copy of `logits` [vocab_size]; NaN counts as minus infinity.
  SampledToken sample(std::span<const float> logits);

  static constexpr size_t kPenaltyWindow = 64;

 private:
  struct Candidate {
    float logit;
    int32_t id;
  };

  void fill_candidates(std::span<const float> logits);
  void apply_penalty();
  void keep_top_k();
  void softmax();
  void keep_top_p_min_p();
  int32_t draw();
  double uniform();

  const KernelTable& kernels_;
  SamplingParams params_;
  uint64_t random_state_;
  std::vector<int32_t> recent_;
  std::vector<Candidate> candidates_;  // logits, then probabilities, descending
};

}  // namespace bamboo

#endif  // BAMBOO_ENGINE_SAMPLER_H_
