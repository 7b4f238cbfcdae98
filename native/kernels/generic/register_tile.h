// The innermost matrix product: a few rows times a few vectors with every running sum in a
// register.
//
// This file fixes the arithmetic of one (row, vector) pair, and so its bits: step by step through
// the row, lane sums += lanes(step), then Ops::reduce_add's order over the lanes, then the
// activation scale. Every path of matmul.h goes through Step::accumulate in this order; they differ
// only in what stays in registers.
#ifndef BAMBOO_KERNELS_GENERIC_REGISTER_TILE_H_
#define BAMBOO_KERNELS_GENERIC_REGISTER_TILE_H_

#include "kernels/generic/blocks.h"

namespace bamboo::generic {

// How far ahead of the weights being read to fetch when rows follow each other in memory.
inline constexpr int64_t kPrefetchBytes = 2048;
// The same for rows picked from a list, where no hardware prefetcher helps.
inline constexpr int64_t kGatherPrefetchBytes = 4096;
// __builtin_prefetch's locality. Listed rows are fetched into the second-level cache, which has
// more misses under way at once than the first; streams, whose prefetchers do that, into the first.
inline constexpr int kStreamLocality = 3;
inline constexpr int kGatherLocality = 2;

// kGatherPrefetchBytes in rows, a multiple of the `group` rows that are read together.
template <class Ops>
BAMBOO_INLINE int64_t rows_ahead(int64_t stride, int64_t group) {
  const int64_t group_bytes = stride * group;
  return (kGatherPrefetchBytes + group_bytes - 1) / group_bytes * group;
}

// sums[r][v] = lane sums of rows[r] * x[v], decoded straight from the matrix: each weight is read
// once. ahead[r]: the row whose memory should be fetched meanwhile.
template <class Ops, class Format, int kRows, int kVectors, int kLocality>
BAMBOO_INLINE void stream_rows(const uint8_t* const* rows, const uint8_t* const* ahead,
                               const typename Format::Step::Activation* const* x, int64_t cols,
                               typename Ops::F (&sums)[kRows][kVectors]) {
  using Step = typename Format::Step;
  constexpr int64_t step_bytes_x32 =
      32 * Step::kStep * traits(Format::kDType).block_bytes / traits(Format::kDType).block_elements;
  const int64_t steps = cols / Step::kStep;
  for (int64_t s = 0; s < steps; ++s) {
    typename Step::Vector v[kVectors];
    BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) {
      v[t] = Step::load(x[t] + s * Step::kStepActivations);
    }
    BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) {
      __builtin_prefetch(ahead[r] + s * step_bytes_x32 / 32, 0, kLocality);
      const auto w = Format::decode(rows[r], s);
      BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) {
        sums[r][t] = Step::accumulate(w, v[t], sums[r][t]);
      }
    }
  }
  const int64_t tail = cols - steps * Step::kStep;
  if (tail == 0) return;
  for (int r = 0; r < kRows; ++r) {
    const auto w = Format::decode_tail(rows[r], steps, tail);
    for (int t = 0; t < kVectors; ++t) {
      const auto v = Step::load_tail(x[t] + steps * Step::kStepActivations, tail);
      sums[r][t] = Step::accumulate(w, v, sums[r][t]);
    }
  }
}

// A part of a few rows, decoded: weights[r * stride + s] is step s of row r.
template <class Step>
struct PanelPart {
  const typename Step::Weights* weights;
  int64_t stride;
  int64_t steps;  // full steps
  int64_t tail;   // elements of one more, partial step
};

// sums[r][v] += the part's lane sums, for decoded rows.
template <class Ops, class Step, int kRows, int kVectors>
BAMBOO_INLINE void multiply_panel(const PanelPart<Step>& part,
                                  const typename Step::Activation* const* x,
                                  typename Ops::F (&sums)[kRows][kVectors]) {
  for (int64_t s = 0; s < part.steps; ++s) {
    typename Step::Vector v[kVectors];
    BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) {
      v[t] = Step::load(x[t] + s * Step::kStepActivations);
    }
    BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) {
      const auto w = part.weights[r * part.stride + s];
      BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) {
        sums[r][t] = Step::accumulate(w, v[t], sums[r][t]);
      }
    }
  }
  if (part.tail == 0) return;
  for (int r = 0; r < kRows; ++r) {
    const auto w = part.weights[r * part.stride + part.steps];
    for (int t = 0; t < kVectors; ++t) {
      const auto v = Step::load_tail(x[t] + part.steps * Step::kStepActivations, part.tail);
      sums[r][t] = Step::accumulate(w, v, sums[r][t]);
    }
  }
}

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_REGISTER_TILE_H_
