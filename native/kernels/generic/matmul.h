// matmul and gather_dot: which rows meet which vectors, and where decoded weights are kept
// meanwhile. Few vectors (decoding): rows are decoded in registers as they stream in. Many
// (prefill): a panel of rows is decoded once into a stack buffer and reused. register_tile.h has
// the arithmetic, which is the same on both paths.
#ifndef BAMBOO_KERNELS_GENERIC_MATMUL_H_
#define BAMBOO_KERNELS_GENERIC_MATMUL_H_

#include "kernels/generic/activation_packing.h"
#include "kernels/generic/register_tile.h"
#include "kernels/kernel_table.h"

namespace bamboo::generic {

// One vector's worth of what a path needs to know about a call.
template <class Isa, class Format>
struct MatmulCall {
  using Ops = typename Isa::Ops;
  using Step = typename Format::Step;

  const uint8_t* weights;
  int64_t stride;  // bytes of a row
  int64_t cols;
  const ActivationView& x;
  float* out;
  int64_t out_stride;

  BAMBOO_INLINE const uint8_t* row(int64_t r) const { return weights + r * stride; }
  BAMBOO_INLINE const typename Step::Activation* vector(int64_t t) const {
    return Step::activations(x, t, cols);
  }
  BAMBOO_INLINE float scale(int64_t t) const { return Step::scale(x, t, cols); }
};

// out[v][r] for kRows given rows and kVectors vectors from t0 on.
template <class Isa, class Format, int kRows, int kVectors, int kLocality = kStreamLocality>
BAMBOO_INLINE void stream_group(const MatmulCall<Isa, Format>& call, const uint8_t* const* rows,
                                const uint8_t* const* ahead, int64_t t0, float* out) {
  using Ops = typename Isa::Ops;
  typename Ops::F sums[kRows][kVectors];
  const typename Format::Step::Activation* x[kVectors];
  BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) {
    x[t] = call.vector(t0 + t);
    BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) sums[r][t] = Ops::zero();
  }
  stream_rows<Ops, Format, kRows, kVectors, kLocality>(rows, ahead, x, call.cols, sums);
  BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) {
    const float scale = call.scale(t0 + t);
    BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) {
      out[t * call.out_stride + r] = Ops::reduce_add(sums[r][t]) * scale;
    }
  }
}

// Step::kStreamRows rows at a time (fewer for several vectors): one for quantized types, since a
// single stream is what hardware prefetchers follow best; more for floats, whose sums would
// otherwise wait for one chain of fmas.
template <class Isa, class Format, int kVectors>
void stream_range(const MatmulCall<Isa, Format>& call, int64_t row_begin, int64_t row_end,
                  int64_t t0) {
  constexpr int kWanted = Format::Step::kStreamRows / kVectors;
  constexpr int kRows = kWanted > 1 ? kWanted : 1;
  const int64_t distance =
      kRows == 1 ? kPrefetchBytes : rows_ahead<Isa>(call.stride, kRows) * call.stride;
  float* out = call.out + t0 * call.out_stride;
  int64_t r = row_begin;
  for (; r + kRows <= row_end; r += kRows) {
    const uint8_t* rows[kRows];
    const uint8_t* ahead[kRows];
    BAMBOO_UNROLL for (int k = 0; k < kRows; ++k) {
      rows[k] = call.row(r + k);
      ahead[k] = rows[k] + distance;
    }
    stream_group<Isa, Format, kRows, kVectors>(call, rows, ahead, t0, out + r);
  }
  if constexpr (kRows > 1) {
    for (; r < row_end; ++r) {
      const uint8_t* row = call.row(r);
      stream_group<Isa, Format, 1, kVectors>(call, &row, &row, t0, out + r);
    }
  }
}

// The decoded steps of kPanelRows rows and the lane sums that wait between two parts of a long row.
template <class Isa, class Format>
struct Panel {
  using Step = typename Format::Step;
  using F = typename Isa::Ops::F;
  static constexpr int64_t kRows = 8;
  static constexpr int64_t kVectors = 64;
  static constexpr int64_t kSteps = 1024 / Step::kStep;

  alignas(64) typename Step::Weights weights[kRows * kSteps];
  alignas(64) F sums[kVectors * kRows];

  // Rows past the last one repeat it, so that tiles are always full; their results are dropped.
  BAMBOO_INLINE void decode(const MatmulCall<Isa, Format>& call, int64_t row, int64_t rows,
                            int64_t padded_rows, int64_t first_step, int64_t steps, int64_t tail) {
    for (int64_t r = 0; r < padded_rows; ++r) {
      const uint8_t* source = call.row(row + (r < rows ? r : rows - 1));
      typename Step::Weights* out = weights + r * kSteps;
      for (int64_t s = 0; s < steps; ++s) out[s] = Format::decode(source, first_step + s);
      if (tail != 0) out[steps] = Format::decode_tail(source, first_step + steps, tail);
    }
  }
};

// One tile of a panel: kTileRows decoded rows from `tile_row` on, kVectors vectors from t0 on.
struct TilePlace {
  int64_t row;       // of the matrix, the panel's first
  int64_t rows;      // valid in the panel
  int64_t tile_row;  // of the panel
  int64_t t;
  int64_t sums;  // index of the tile's first vector in Panel::sums
  int64_t first_step;
  bool is_first;  // part of the row
  bool is_last;
};

template <class Isa, class Format, int kVectors>
void panel_tile(const MatmulCall<Isa, Format>& call, Panel<Isa, Format>& panel,
                const PanelPart<typename Format::Step>& part, const TilePlace& at) {
  using Ops = typename Isa::Ops;
  using Step = typename Format::Step;
  constexpr int kRows = Isa::kTileRows;
  constexpr int64_t kPanelRows = Panel<Isa, Format>::kRows;
  typename Ops::F sums[kRows][kVectors];
  const typename Step::Activation* x[kVectors];
  typename Ops::F* waiting = panel.sums + at.sums * kPanelRows + at.tile_row;
  BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) {
    x[t] = call.vector(at.t + t) + at.first_step * Step::kStepActivations;
    BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) {
      sums[r][t] = at.is_first ? Ops::zero() : waiting[t * kPanelRows + r];
    }
  }
  multiply_panel<Ops, Step, kRows, kVectors>(part, x, sums);
  if (!at.is_last) {
    BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) {
      BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) waiting[t * kPanelRows + r] = sums[r][t];
    }
    return;
  }
  float results[kVectors][kRows];
  Isa::template reduce_tile<kRows, kVectors>(sums, results);
  const int64_t valid = at.rows - at.tile_row;
  float* out = call.out + at.t * call.out_stride + at.row + at.tile_row;
  BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) {
    const float scale = call.scale(at.t + t);
    float* row = out + t * call.out_stride;
    if (valid >= kRows) {
      BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) row[r] = results[t][r] * scale;
    } else {
      for (int r = 0; r < valid; ++r) row[r] = results[t][r] * scale;
    }
  }
}

// Every tile of one part of one panel, for vectors [t0, t0 + n).
template <class Isa, class Format>
BAMBOO_INLINE void panel_part(const MatmulCall<Isa, Format>& call, Panel<Isa, Format>& panel,
                              PanelPart<typename Format::Step> part, TilePlace at,
                              int64_t padded_rows, int64_t t0, int64_t n) {
  constexpr int kVectors = Isa::kTileVectors;
  for (int64_t t = 0; t < n;) {
    at.t = t0 + t;
    at.sums = t;
    const int64_t left = n - t;
    for (int64_t r = 0; r < padded_rows; r += Isa::kTileRows) {
      at.tile_row = r;
      part.weights = panel.weights + r * part.stride;
      if (left >= kVectors) {
        panel_tile<Isa, Format, kVectors>(call, panel, part, at);
      } else if (left == 3) {
        panel_tile<Isa, Format, 3>(call, panel, part, at);
      } else if (left == 2) {
        panel_tile<Isa, Format, 2>(call, panel, part, at);
      } else {
        panel_tile<Isa, Format, 1>(call, panel, part, at);
      }
    }
    t += left >= kVectors ? kVectors : left;
  }
}

template <class Isa, class Format>
void panel_range(const MatmulCall<Isa, Format>& call, int64_t row_begin, int64_t row_end) {
  using Step = typename Format::Step;
  using P = Panel<Isa, Format>;
  static_assert(P::kRows % Isa::kTileRows == 0 && Isa::kTileVectors <= 4);
  P panel;
  const int64_t full_steps = call.cols / Step::kStep;
  const int64_t tail = call.cols - full_steps * Step::kStep;
  for (int64_t t0 = 0; t0 < call.x.n; t0 += P::kVectors) {
    const int64_t n = call.x.n - t0 < P::kVectors ? call.x.n - t0 : P::kVectors;
    for (int64_t row = row_begin; row < row_end; row += P::kRows) {
      const int64_t rows = row_end - row < P::kRows ? row_end - row : P::kRows;
      const int64_t padded = (rows + Isa::kTileRows - 1) / Isa::kTileRows * Isa::kTileRows;
      int64_t first = 0;
      do {  // the last part has room for the partial step
        const int64_t left = full_steps - first;
        const bool is_last = left + (tail != 0 ? 1 : 0) <= P::kSteps;
        const int64_t steps = is_last ? left : (left < P::kSteps ? left : P::kSteps);
        const int64_t part_tail = is_last ? tail : 0;
        panel.decode(call, row, rows, padded, first, steps, part_tail);
        const TilePlace at = {row, rows, 0, t0, 0, first, first == 0, is_last};
        panel_part<Isa, Format>(call, panel, {nullptr, P::kSteps, steps, part_tail}, at, padded, t0,
                                n);
        first += steps;
        if (is_last) break;
      } while (true);
    }
  }
}

// n vectors from t0 on, at most kMost.
template <class Isa, class Format, int kMost>
void stream_vectors(const MatmulCall<Isa, Format>& call, int64_t row_begin, int64_t row_end,
                    int64_t t0, int64_t n) {
  if (n == kMost) {
    stream_range<Isa, Format, kMost>(call, row_begin, row_end, t0);
  } else if constexpr (kMost > 1) {
    stream_vectors<Isa, Format, kMost - 1>(call, row_begin, row_end, t0, n);
  }
}

// Up to this many vectors the weights are decoded again for each group of at most
// Isa::kStreamVectors rather than kept: a panel pays only for many.
inline constexpr int64_t kStreamedVectors = 16;

template <class Isa>
void matmul(const MatrixView& w, int64_t row_begin, int64_t row_end, const ActivationView& x,
            float* out, int64_t out_stride) {
  with_format<Isa>(w.dtype, [&](auto format) {
    using Format = decltype(format);
    const int64_t stride = row_stride<Isa, Format::kDType>(w.cols);
    const MatmulCall<Isa, Format> call = {w.data, stride, w.cols, x, out, out_stride};
    if (x.n > kStreamedVectors) return panel_range<Isa, Format>(call, row_begin, row_end);
    const int64_t groups = (x.n + Isa::kStreamVectors - 1) / Isa::kStreamVectors;
    for (int64_t t = 0, left = groups; left > 0; --left) {
      const int64_t n = (x.n - t + left - 1) / left;
      stream_vectors<Isa, Format, Isa::kStreamVectors>(call, row_begin, row_end, t, n);
      t += n;
    }
  });
}

template <class Isa>
void gather_dot(const MatrixView& w, const int32_t* rows, int64_t n_rows, const ActivationView& x,
                float* out) {
  with_format<Isa>(w.dtype, [&](auto format) {
    using Format = decltype(format);
    constexpr int kRows = Isa::kGatherRows;
    const int64_t stride = row_stride<Isa, Format::kDType>(w.cols);
    const MatmulCall<Isa, Format> call = {w.data, stride, w.cols, x, out, 0};
    const int64_t distance = rows_ahead<Isa>(stride, kRows);
    int64_t i = 0;
    for (; i + kRows <= n_rows; i += kRows) {
      const uint8_t* group[kRows];
      const uint8_t* ahead[kRows];
      BAMBOO_UNROLL for (int k = 0; k < kRows; ++k) {
        group[k] = call.row(rows[i + k]);
        const int64_t next = i + k + distance;
        ahead[k] = next < n_rows ? call.row(rows[next]) : group[k];
        // Steps prefetch where they start, not where the row ends.
        __builtin_prefetch(ahead[k] + stride - 1, 0, kGatherLocality);
      }
      stream_group<Isa, Format, kRows, 1, kGatherLocality>(call, group, ahead, 0, out + i);
    }
    for (; i < n_rows; ++i) {
      const uint8_t* row = call.row(rows[i]);
      stream_group<Isa, Format, 1, 1>(call, &row, &row, 0, out + i);
    }
  });
}

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_MATMUL_H_
