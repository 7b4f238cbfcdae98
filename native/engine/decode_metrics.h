// Turns the counters of single decode steps into the metrics of a request: sums per layer, bytes
// per phase, and a trace of the newest steps.
#ifndef BAMBOO_ENGINE_DECODE_METRICS_H_
#define BAMBOO_ENGINE_DECODE_METRICS_H_

#include <cstdint>

#include "bamboo/engine.h"
#include "bamboo/generation_metrics.h"
#include "model/transformer.h"

namespace bamboo {

// Steps that a trace keeps: enough for a picture of a completion, small enough to send with every
// answer.
inline constexpr int64_t kTraceSteps = 64;

class DecodeMetrics {
 public:
  // Allocates everything: add() allocates nothing.
  explicit DecodeMetrics(const ModelConfig& config);

  // Counters of the step that is about to run, cleared.
  DecodeCounters& begin_step();

  // After a complete step of n_tokens tokens in `mode`; kv_bytes: keys and values it read.
  void end_step(FfnMode mode, int64_t n_tokens, int64_t kv_bytes);

  // Fills in the metrics and the sums of GenerateResult that are made of them.
  void report(GenerateResult& result) const;

 private:
  int64_t d_ff_;
  DecodeCounters step_;
  PhaseBytes bytes_;
  StepsByMode steps_;
  std::vector<LayerCounts> layers_;
  LayerTrace ring_;     // the newest kTraceSteps rows, in ring order
  int64_t traced_ = 0;  // rows ever written
};

}  // namespace bamboo

#endif  // BAMBOO_ENGINE_DECODE_METRICS_H_
