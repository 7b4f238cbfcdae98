// matmul_where_positive: the up projection of a chunk, for the (vector, row) pairs whose gate fires
// alone. A row is decoded once and meets its vectors four at a time, with the arithmetic of
// register_tile.h, so a pair that is computed has matmul's bits.
#ifndef BAMBOO_KERNELS_GENERIC_MATMUL_WHERE_H_
#define BAMBOO_KERNELS_GENERIC_MATMUL_WHERE_H_

#include "kernels/generic/matmul.h"

namespace bamboo::generic {

// Which vectors each of up to 64 rows wants, and a stretch of one decoded row.
template <class Isa, class Format>
struct WantedPairs {
  using Ops = typename Isa::Ops;
  using Step = typename Format::Step;
  static constexpr int64_t kRows = 64;  // bits of a mask
  static constexpr int64_t kVectors = 256;
  static constexpr int64_t kSteps = 1024 / Step::kStep;

  alignas(64) typename Step::Weights weights[kSteps];
  alignas(64) typename Ops::F sums[kVectors];  // of a row whose other stretches are to come
  uint8_t vectors[kRows][kVectors];            // ascending
  int32_t counts[kRows];

  // Lists the pairs with gate > 0 and clears the results of all.
  BAMBOO_INLINE void find(const float* gate, float* out, int64_t stride, int64_t n, int64_t rows) {
    __builtin_memset(counts, 0, sizeof(counts));
    for (int64_t t = 0; t < n; ++t) {
      uint64_t mask = 0;
      for (int64_t r = 0; r < rows; r += Ops::kLanes) {
        const float* p = gate + t * stride + r;
        const auto g = rows - r < Ops::kLanes ? Ops::load_n(p, rows - r) : Ops::load(p);
        mask |= static_cast<uint64_t>(Ops::nonzero_bits(Ops::max(g, Ops::zero()))) << r;
      }
      __builtin_memset(out + t * stride, 0, static_cast<size_t>(rows) * sizeof(float));
      for (; mask != 0; mask &= mask - 1) {
        const int r = __builtin_ctzll(mask);
        vectors[r][counts[r]++] = static_cast<uint8_t>(t);
      }
    }
  }

  BAMBOO_INLINE void decode(const uint8_t* row, int64_t first_step, int64_t steps, int64_t tail) {
    for (int64_t s = 0; s < steps; ++s) weights[s] = Format::decode(row, first_step + s);
    if (tail != 0) weights[steps] = Format::decode_tail(row, first_step + steps, tail);
  }
};

// A stretch of a row, and where the results of its vectors go.
template <class Step>
struct WantedStretch {
  PanelPart<Step> part;
  int64_t first_step;
  bool is_first;
  bool is_last;
  int64_t t0;  // the vector that index 0 of the lists stands for
  float* out;  // of that vector
};

template <class Isa, class Format, int kVectors>
BAMBOO_INLINE void multiply_wanted(const MatmulCall<Isa, Format>& call,
                                   const WantedStretch<typename Format::Step>& at,
                                   const uint8_t* vectors, typename Isa::Ops::F* waiting) {
  using Ops = typename Isa::Ops;
  using Step = typename Format::Step;
  typename Ops::F sums[1][kVectors];
  const typename Step::Activation* x[kVectors];
  BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) {
    x[t] = call.vector(at.t0 + vectors[t]) + at.first_step * Step::kStepActivations;
    sums[0][t] = at.is_first ? Ops::zero() : waiting[t];
  }
  multiply_panel<Ops, Step, 1, kVectors>(at.part, x, sums);
  BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) {
    if (at.is_last) {
      at.out[vectors[t] * call.out_stride] =
          Ops::reduce_add(sums[0][t]) * call.scale(at.t0 + vectors[t]);
    } else {
      waiting[t] = sums[0][t];
    }
  }
}

// Row r (the index-th of the pairs' rows) times the vectors that want it.
template <class Isa, class Format>
BAMBOO_INLINE void multiply_wanted_row(const MatmulCall<Isa, Format>& call,
                                       WantedPairs<Isa, Format>& pairs, int64_t r, int64_t index,
                                       int64_t t0) {
  using Step = typename Format::Step;
  using Pairs = WantedPairs<Isa, Format>;
  constexpr int kGroup = 4;
  const int64_t n = pairs.counts[index];
  const uint8_t* vectors = pairs.vectors[index];
  const int64_t full_steps = call.cols / Step::kStep;
  const int64_t tail = call.cols - full_steps * Step::kStep;
  int64_t first = 0;
  for (bool is_last = n == 0; !is_last;) {
    const int64_t left = full_steps - first;
    is_last = left + (tail != 0 ? 1 : 0) <= Pairs::kSteps;
    const int64_t steps = is_last || left < Pairs::kSteps ? left : Pairs::kSteps;
    const int64_t part_tail = is_last ? tail : 0;
    pairs.decode(call.row(r), first, steps, part_tail);
    const WantedStretch<Step> at = {{pairs.weights, Pairs::kSteps, steps, part_tail},
                                    first,
                                    first == 0,
                                    is_last,
                                    t0,
                                    call.out + t0 * call.out_stride + r};
    int64_t t = 0;
    for (; t + kGroup <= n; t += kGroup) {
      multiply_wanted<Isa, Format, kGroup>(call, at, vectors + t, pairs.sums + t);
    }
    if (n - t == 3) {
      multiply_wanted<Isa, Format, 3>(call, at, vectors + t, pairs.sums + t);
    } else if (n - t == 2) {
      multiply_wanted<Isa, Format, 2>(call, at, vectors + t, pairs.sums + t);
    } else if (n - t == 1) {
      multiply_wanted<Isa, Format, 1>(call, at, vectors + t, pairs.sums + t);
    }
    first += steps;
  }
}

template <class Isa>
void matmul_where_positive(const MatrixView& w, int64_t row_begin, int64_t row_end,
                           const ActivationView& x, const float* gate, float* out, int64_t stride) {
  with_format<Isa>(w.dtype, [&](auto format) {
    using Format = decltype(format);
    using Pairs = WantedPairs<Isa, Format>;
    const MatmulCall<Isa, Format> call = {
        w.data, row_stride<Isa, Format::kDType>(w.cols), w.cols, x, out, stride};
    Pairs pairs;
    // As many vectors as stay in the second-level cache while the rows pass by.
    const int64_t most = w.cols <= 1024 ? Pairs::kVectors : Pairs::kVectors / 4;
    for (int64_t t0 = 0; t0 < x.n; t0 += most) {
      const int64_t n = x.n - t0 < most ? x.n - t0 : most;
      for (int64_t row = row_begin; row < row_end; row += Pairs::kRows) {
        const int64_t rows = row_end - row < Pairs::kRows ? row_end - row : Pairs::kRows;
        pairs.find(gate + t0 * stride + row, out + t0 * stride + row, stride, n, rows);
        for (int64_t r = 0; r < rows; ++r) multiply_wanted_row(call, pairs, row + r, r, t0);
      }
    }
  });
}

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_MATMUL_WHERE_H_
