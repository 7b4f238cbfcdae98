// What a generate() call measured about itself: where the time went, what was read, and how many
// neurons each layer computed. Plain data; filled in by the generation loop.
#ifndef BAMBOO_GENERATION_METRICS_H_
#define BAMBOO_GENERATION_METRICS_H_

#include <cstdint>
#include <vector>

namespace bamboo {

// Together the phases cover the whole of a prefill or of the decode steps.
struct PhaseTimes {
  double attention_ms = 0;  // with its norm, the KV cache and both projections
  double predictor_ms = 0;
  double feed_forward_ms = 0;  // with its norm
  double head_ms = 0;          // the last norm and the logits
  double sampling_ms = 0;      // and handing the token on
};

struct PhaseBytes {
  int64_t attention = 0;  // weights, keys and values
  int64_t predictor = 0;
  int64_t feed_forward = 0;
  int64_t head = 0;  // the output matrix and the embedding's row
};

// Neurons of one layer, added up over decode steps; each is at most steps * d_ff.
struct LayerCounts {
  int64_t gate_rows = 0;  // read: all of them in dense and exact mode
  int64_t predicted = 0;  // of those, read because the predictor asked; 0 in the other modes
  int64_t up_rows = 0;    // read
  int64_t active = 0;     // with a non-zero activation
};

// Shares of the newest decode steps, one byte a layer: round(255 * share). Step-major, [steps,
// n_layers], oldest first.
struct LayerTrace {
  int64_t steps = 0;
  std::vector<uint8_t> computed;  // gate rows read
  std::vector<uint8_t> active;
};

// Decode steps by the mode they ran in: the mode may change between two tokens.
struct StepsByMode {
  int64_t dense = 0;
  int64_t exact = 0;
  int64_t predicted = 0;

  int64_t total() const { return dense + exact + predicted; }
};

struct GenerationMetrics {
  PhaseTimes prefill;  // its predictor and sampling are 0
  PhaseTimes decode;
  PhaseBytes decode_bytes;
  StepsByMode steps;
  std::vector<LayerCounts> layers;  // [n_layers], over the decode steps
  LayerTrace trace;
};

}  // namespace bamboo

#endif  // BAMBOO_GENERATION_METRICS_H_
