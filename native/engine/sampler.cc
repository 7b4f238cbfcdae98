#include "engine/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bamboo {
namespace {

// NaN compares false with everything: mapped to the least logit so that it is never chosen.
float ordered(float logit) {
  return std::isnan(logit) ? -std::numeric_limits<float>::infinity() : logit;
}

// The greatest logit; the first of equals.
int32_t arg_max(std::span<const float> logits) {
  size_t best = 0;
  for (size_t i = 1; i < logits.size(); ++i) {
    if (ordered(logits[i]) > ordered(logits[best])) best = i;
  }
  return static_cast<int32_t>(best);
}

}  // namespace

void check_sampling(const SamplingParams& p) {
  const auto require = [](bool ok, const char* what) {
    if (!ok) throw Error(ErrorCode::kInvalidArgument, what);
  };
  require(p.temperature >= 0 && p.temperature <= 100, "temperature must be in 0..100");
  require(p.top_k >= 0, "top-k must not be negative");
  require(p.top_p > 0 && p.top_p <= 1, "top-p must be in (0, 1]");
  require(p.min_p >= 0 && p.min_p < 1, "min-p must be in [0, 1)");
  require(p.repetition_penalty > 0 && p.repetition_penalty <= 10,
          "the repetition penalty must be in (0, 10]");
}

Sampler::Sampler(const KernelTable& kernels, const SamplingParams& params, int64_t vocab_size)
    : kernels_(kernels), params_(params), random_state_(params.seed) {
  check_sampling(params);
  candidates_.reserve(static_cast<size_t>(vocab_size));
}

void Sampler::observe(int32_t token) {
  recent_.push_back(token);
  if (recent_.size() > kPenaltyWindow) recent_.erase(recent_.begin());
}

SampledToken Sampler::sample(std::span<const float> logits) {
  int32_t id = 0;
  if (params_.temperature == 0 && params_.repetition_penalty == 1) {
    id = arg_max(logits);
  } else {
    fill_candidates(logits);
    apply_penalty();
    if (params_.temperature == 0) {
      id = std::min_element(candidates_.begin(), candidates_.end(),
                            [](const Candidate& a, const Candidate& b) {
                              return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
                            })
               ->id;
    } else {
      keep_top_k();
      softmax();
      keep_top_p_min_p();
      id = draw();
    }
  }
  const float normalizer = kernels_.log_sum_exp(logits.data(), static_cast<int64_t>(logits.size()));
  return {id, logits[static_cast<size_t>(id)] - normalizer};
}

void Sampler::fill_candidates(std::span<const float> logits) {
  candidates_.clear();
  for (size_t i = 0; i < logits.size(); ++i) {
    candidates_.push_back({ordered(logits[i]), static_cast<int32_t>(i)});
  }
}

// CTRL (Keskar et al. 2019, section 4.1): positive logits are divided, negative ones multiplied.
void Sampler::apply_penalty() {
  if (params_.repetition_penalty == 1) return;
  std::vector<int32_t> distinct = recent_;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (const int32_t id : distinct) {
    float& logit = candidates_[static_cast<size_t>(id)].logit;
    logit = logit > 0 ? logit / params_.repetition_penalty : logit * params_.repetition_penalty;
  }
}

void Sampler::keep_top_k() {
  const auto before = [](const Candidate& a, const Candidate& b) {
    return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
  };
  const auto k = static_cast<size_t>(params_.top_k);
  if (k > 0 && k < candidates_.size()) {
    std::partial_sort(candidates_.begin(), candidates_.begin() + params_.top_k, candidates_.end(),
                      before);
    candidates_.resize(k);
  } else {
    std::sort(candidates_.begin(), candidates_.end(), before);
  }
}

void Sampler::softmax() {
  const double greatest = candidates_.front().logit;
  double sum = 0;
  for (Candidate& c : candidates_) {
    const double p =
        std::isinf(greatest) ? 1.0 : std::exp((c.logit - greatest) / params_.temperature);
    c.logit = static_cast<float>(p);
    sum += p;
  }
  for (Candidate& c : candidates_) c.logit = static_cast<float>(c.logit / sum);
}

// Nucleus sampling (Holtzman et al. 2020) and min-p (Nguyen et al. 2024): at least one candidate
// stays.
void Sampler::keep_top_p_min_p() {
  const float least = params_.min_p * candidates_.front().logit;
  double cumulative = 0;
  size_t kept = 0;
  while (kept < candidates_.size()) {
    if (kept > 0 && (candidates_[kept].logit < least || cumulative >= params_.top_p)) break;
    cumulative += candidates_[kept].logit;
    ++kept;
  }
  candidates_.resize(kept);
}

int32_t Sampler::draw() {
  double total = 0;
  for (const Candidate& c : candidates_) total += c.logit;
  double remaining = uniform() * total;
  for (const Candidate& c : candidates_) {
    remaining -= c.logit;
    if (remaining < 0) return c.id;
  }
  return candidates_.front().id;
}

// SplitMix64 (Steele et al. 2014): the same sequence on every platform.
double Sampler::uniform() {
  uint64_t z = random_state_ += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1.0p-53;
}

}  // namespace bamboo
