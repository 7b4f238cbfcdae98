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

// One work item: neurons [begin, end), its list of neurons still in play and their values.
struct NeuronPiece {
  NeuronPiece(const ForwardContext& c, int64_t range, int64_t piece, int64_t pieces) {
    const int64_t first = neuron_range_begin(range, c.config.d_ff);
    const int64_t n = neuron_range_begin(range + 1, c.config.d_ff) - first;
    begin = first + piece * n / pieces;
    end = first + (piece + 1) * n / pieces;
    rows = c.act.neurons.data() + begin;
    values = c.act.neuron_values.data() + begin;
  }

  int64_t begin;
  int64_t end;
  int32_t* rows;
  float* values;
};

// Lists the neurons of the piece whose score (indexed by neuron) passes; returns how many.
template <class Keep>
int64_t compact(const NeuronPiece& piece, const float* scores, const Keep& keep) {
  int64_t n = 0;
  for (int64_t i = piece.begin; i < piece.end; ++i) {
    piece.rows[n] = static_cast<int32_t>(i);
    n += keep(scores[i]) ? 1 : 0;
  }
  return n;
}

// Keeps the first n list entries whose value passes; returns how many.
template <class Keep>
int64_t compact_list(const NeuronPiece& piece, int64_t n, const Keep& keep) {
  int64_t kept = 0;
  for (int64_t i = 0; i < n; ++i) {
    piece.rows[kept] = piece.rows[i];
    piece.values[kept] = piece.values[i];
    kept += keep(piece.values[i]) ? 1 : 0;
  }
  return kept;
}

struct PieceCount {
  int64_t gate_rows = 0;  // read one by one
  int64_t up_rows = 0;
  int64_t active = 0;
};

bool fires(float gate) { return gate > 0.0f; }

// Up and the activation for a list of n neurons with a positive gate. Where down is stored by
// output row the activations go to their places in act.gate.
PieceCount finish_piece(const ForwardContext& c, const LayerWeights& w, const ActivationView& x,
                        const NeuronPiece& piece, int64_t n) {
  float* up = c.act.up.data() + piece.begin;
  PieceCount count;
  count.up_rows = n;
  c.kernels.gather_dot(w.up, piece.rows, n, x, up);
  activate(c, piece.values, up, n, piece.values);
  count.active = compact_list(piece, n, [](float h) { return h != 0.0f; });
  if (w.down.data != nullptr) {
    float* h = c.act.gate.data();
    std::memset(h + piece.begin, 0, static_cast<size_t>(piece.end - piece.begin) * sizeof(float));
    for (int64_t i = 0; i < count.active; ++i) h[piece.rows[i]] = piece.values[i];
  }
  return count;
}

// Gate for every neuron; the piece's candidates are those where it fires.
PieceCount exact_piece(const ForwardContext& c, const LayerWeights& w, const ActivationView& x,
                       const NeuronPiece& piece) {
  const float* gate = c.act.gate.data();
  const int64_t n = compact(piece, gate, fires);
  for (int64_t i = 0; i < n; ++i) piece.values[i] = gate[piece.rows[i]];
  return finish_piece(c, w, x, piece, n);
}

// Gate for the predicted neurons only.
PieceCount predicted_piece(const ForwardContext& c, const LayerWeights& w, const ActivationView& x,
                           const NeuronPiece& piece, float threshold) {
  const int64_t predicted =
      compact(piece, c.act.up.data(), [=](float score) { return score >= threshold; });
  c.kernels.gather_dot(w.gate, piece.rows, predicted, x, piece.values);
  PieceCount count = finish_piece(c, w, x, piece, compact_list(piece, predicted, fires));
  count.gate_rows = predicted;
  return count;
}

// The range's partial sum of down, from the lists that its pieces left.
void add_down(const ForwardContext& c, const LayerWeights& w, int64_t range, int64_t pieces,
              const PieceCount* counts) {
  float* partial = c.act.partials.data() + range * c.config.d_model;
  std::memset(partial, 0, static_cast<size_t>(c.config.d_model) * sizeof(float));
  for (int64_t i = 0; i < pieces; ++i) {
    const NeuronPiece piece(c, range, i, pieces);
    c.kernels.axpy_rows(w.down_by_neuron, piece.rows, piece.values, counts[i].active, partial);
  }
}

}  // namespace

void sparse_decode_block(const ForwardContext& c, const LayerWeights& w, const ActivationView& x,
                         DecodeCounters* counters) {
  const int64_t d_ff = c.config.d_ff;
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
  PieceCount counts[kNeuronRanges * kMaxPieces];
  std::atomic<int64_t> finished[kNeuronRanges] = {};
  c.pool.for_each(kNeuronRanges * pieces, 1, [&](int64_t item, int64_t, int) {
    const int64_t range = item / pieces;
    const NeuronPiece piece(c, range, item % pieces, pieces);
    counts[item] =
        predicted ? predicted_piece(c, w, x, piece, threshold) : exact_piece(c, w, x, piece);
    const bool is_last = finished[range].fetch_add(1, std::memory_order_acq_rel) + 1 == pieces;
    if (is_last && w.down.data == nullptr) add_down(c, w, range, pieces, counts + range * pieces);
  });
  if (w.down.data != nullptr) {
    down_by_output(c, w, 1);
  } else {
    add_partials(c);
  }
  if (counters == nullptr) return;
  counters->neurons += d_ff;
  counters->weight_bytes += predicted ? w.predictor.bytes() : w.gate.bytes();
  counters->predictor_bytes += predicted ? w.predictor.bytes() : 0;
  counters->gate_rows += predicted ? 0 : d_ff;
  counters->weight_bytes += w.down.bytes();
  for (const PieceCount& count :
       std::span(counts).first(static_cast<size_t>(kNeuronRanges * pieces))) {
    counters->weight_bytes += count.gate_rows * w.gate.stride() + count.up_rows * w.up.stride();
    counters->weight_bytes += count.active * w.down_by_neuron.stride();
    counters->gate_rows += count.gate_rows;
    counters->predicted_neurons += count.gate_rows;
    counters->up_rows += count.up_rows;
    counters->active_neurons += count.active;
  }
}

}  // namespace bamboo
