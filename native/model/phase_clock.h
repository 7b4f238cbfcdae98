// Where the time of a forward pass goes: laps of one clock, each added to the phase that just
// ended. One clock read a lap, so the phases cover everything between construction and the last
// lap.
#ifndef BAMBOO_MODEL_PHASE_CLOCK_H_
#define BAMBOO_MODEL_PHASE_CLOCK_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "bamboo/generation_metrics.h"

namespace bamboo {

enum class Phase : uint8_t { kAttention, kPredictor, kFeedForward, kHead, kSampling };

// Read by the thread that runs the forward pass only.
class PhaseClock {
 public:
  void lap(Phase ended) {
    const Clock::time_point now = Clock::now();
    spent_[static_cast<size_t>(ended)] += now - last_;
    last_ = now;
  }

  // The time since the last lap belongs to no phase.
  void skip() {
    const Clock::time_point now = Clock::now();
    skipped_ += now - last_;
    last_ = now;
  }

  double skipped_ms() const { return std::chrono::duration<double, std::milli>(skipped_).count(); }

  PhaseTimes times() const {
    return {ms(Phase::kAttention), ms(Phase::kPredictor), ms(Phase::kFeedForward), ms(Phase::kHead),
            ms(Phase::kSampling)};
  }

 private:
  using Clock = std::chrono::steady_clock;

  double ms(Phase phase) const {
    return std::chrono::duration<double, std::milli>(spent_[static_cast<size_t>(phase)]).count();
  }

  Clock::time_point last_ = Clock::now();
  std::array<Clock::duration, 5> spent_{};
  Clock::duration skipped_{};
};

// A phase's end, where the caller may not be measured.
inline void end_phase(PhaseClock* clock, Phase phase) {
  if (clock != nullptr) clock->lap(phase);
}

}  // namespace bamboo

#endif  // BAMBOO_MODEL_PHASE_CLOCK_H_
