// The feed-forward block of one decoded token with neurons left out: exact and predicted mode.
//
// Candidates come from the gate itself (exact: it is computed for every neuron) or from the
// predictor (predicted: the gate is computed for the candidates only). Then gate -> up -> down,
// each only where the one before leaves something to compute. Gate and up are work items of a piece
// of a range of neurons (kNeuronRanges); down is added by whoever finishes a range's last piece,
// into the range's own partial sum and in ascending order, so leaving out zeros changes no bit.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <span>

#include "model/feed_forward.h"
#include "model/neuron_list.h"
#include "model/parallel_matmul.h"

namespace bamboo {
namespace {

// Pieces of a range. Small ones end at the same time on all threads; each also starts the row
// prefetching anew.
constexpr int64_t kMaxPieces = 8;
constexpr int64_t kPieceBytes = int64_t{1} << 20;  // of a matrix, not of what is read of it

int64_t pieces_of_range(const ForwardContext& c, const LayerWeights& w) {
  const int64_t bytes = c.config.d_ff / kNeuronRanges * w.gate.stride();
  return std::clamp<int64_t>(bytes / kPieceBytes, 1, kMaxPieces);
}

// One work item of the token: a piece of a range of neurons.
NeuronList piece_list(const ForwardContext& c, int64_t range, int64_t piece, int64_t pieces,
                      NeuronCounter* activity) {
  const int64_t first = neuron_range_begin(range, c.config.d_ff);
  const int64_t n = neuron_range_begin(range + 1, c.config.d_ff) - first;
  const int64_t begin = first + piece * n / pieces;
  const int64_t end = first + (piece + 1) * n / pieces;
  return {begin,
          end,
          c.act.gate.data(),
          c.act.up.data(),
          c.act.neurons.data() + begin,
          c.act.neuron_values.data() + begin,
          activity};
}

// The range's partial sum of down, from the lists that its pieces left.
void add_down(const ForwardContext& c, const LayerWeights& w, int64_t range, int64_t pieces,
              const NeuronCount* counts) {
  float* partial = c.act.partials.data() + range * c.config.d_model;
  std::memset(partial, 0, static_cast<size_t>(c.config.d_model) * sizeof(float));
  for (int64_t i = 0; i < pieces; ++i) {
    const NeuronList piece = piece_list(c, range, i, pieces, nullptr);
    c.kernels.axpy_rows(w.down_by_neuron, piece.rows, piece.values, counts[i].active, partial);
  }
}

}  // namespace

void sparse_decode_block(const ForwardContext& c, const LayerWeights& w, const ActivationView& x,
                         DecodeCounters* counters) {
  const bool predicted = uses_predictor(c, w);
  float threshold = 0;
  if (predicted) {
    end_phase(c.clock, Phase::kFeedForward);
    predict_scores(c, w.predictor, x, c.act.up.data());
    threshold = w.predictor.threshold_for(c.act.residual.data(), c.config.d_model);
    end_phase(c.clock, Phase::kPredictor);
  } else {
    parallel_matmul(c.kernels, c.pool, x, {{&w.gate, c.act.gate.data()}});
  }
  const int64_t pieces = pieces_of_range(c, w);
  NeuronCounter* const activity = counters == nullptr ? nullptr : counters->activity;
  NeuronCount counts[kNeuronRanges * kMaxPieces];
  std::atomic<int64_t> finished[kNeuronRanges] = {};
  c.pool.for_each(kNeuronRanges * pieces, 1, [&](int64_t item, int64_t, int) {
    const int64_t range = item / pieces;
    counts[item] = compute_neurons(c, w, x, piece_list(c, range, item % pieces, pieces, activity),
                                   predicted ? &threshold : nullptr);
    const bool is_last = finished[range].fetch_add(1, std::memory_order_acq_rel) + 1 == pieces;
    if (is_last && w.down.data == nullptr) add_down(c, w, range, pieces, counts + range * pieces);
  });
  if (w.down.data != nullptr) {
    down_by_output(c, w, 1);
  } else {
    add_partials(c);
  }
  if (counters == nullptr) return;
  const std::span all(counts, static_cast<size_t>(kNeuronRanges * pieces));
  count_neurons(c, w, 1, predicted, all, *counters);
}

}  // namespace bamboo
