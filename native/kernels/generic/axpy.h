// axpy_rows, axpy_range and dequantize_row: rows as floats, and weighted sums of rows.
// Every element is fma(coefficient, weight, y) in row order on each path, with the weight exactly
// as dequantize_row gives it; the paths differ only in how much of y and of the decoded rows is
// kept close.
#ifndef BAMBOO_KERNELS_GENERIC_AXPY_H_
#define BAMBOO_KERNELS_GENERIC_AXPY_H_

#include "kernels/generic/blocks.h"
#include "kernels/generic/register_tile.h"
#include "kernels/kernel_table.h"

namespace bamboo::generic {

template <class Isa>
void dequantize_row(const MatrixView& w, int64_t row, float* out) {
  with_format<Isa>(w.dtype, [&](auto format) {
    using Format = decltype(format);
    using Ops = typename Isa::Ops;
    const uint8_t* source = w.data + row * row_stride<Isa, Format::kDType>(w.cols);
    for (int64_t c = 0; c < w.cols; c += kBlock) {
      const int64_t n = w.cols - c < kBlock ? w.cols - c : kBlock;
      typename Ops::F values[kBlock / Ops::kLanes];
      Format::dequantize(source, c, n, values);
      for (int64_t k = 0; k < n; k += Ops::kLanes) {
        if (n - k >= Ops::kLanes) {
          Ops::store(out + c + k, values[k / Ops::kLanes]);
        } else {
          Ops::store_n(out + c + k, values[k / Ops::kLanes], n - k);
        }
      }
    }
  });
}

// y += coefficients[k] * rows[k] for kRows rows in order.
template <class Isa, class Format, int kRows>
BAMBOO_INLINE void axpy_group(const uint8_t* const* rows, const uint8_t* const* ahead,
                              const float* coefficients, int64_t cols, float* y) {
  using Ops = typename Isa::Ops;
  using F = typename Ops::F;
  constexpr int kVectors = kBlock / Ops::kLanes;
  constexpr int64_t kElements = traits(Format::kDType).block_elements;
  constexpr int64_t kBytes = traits(Format::kDType).block_bytes;
  F c[kRows];
  BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) c[r] = Ops::set1(coefficients[r]);
  int64_t first = 0;
  for (; first + kBlock <= cols; first += kBlock) {
    F sums[kVectors];
    BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
      sums[v] = Ops::load(y + first + v * Ops::kLanes);
    }
    BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) {
      __builtin_prefetch(ahead[r] + first / kElements * kBytes, 0, kGatherLocality);
      F values[kVectors];
      Format::dequantize(rows[r], first, kBlock, values);
      BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
        sums[v] = Ops::fma(c[r], values[v], sums[v]);
      }
    }
    BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
      Ops::store(y + first + v * Ops::kLanes, sums[v]);
    }
  }
  const int64_t tail = cols - first;
  if (tail == 0) return;
  for (int r = 0; r < kRows; ++r) {
    F values[kVectors];
    Format::dequantize(rows[r], first, tail, values);
    for (int64_t k = 0; k < tail; k += Ops::kLanes) {
      const int64_t n = tail - k < Ops::kLanes ? tail - k : int64_t{Ops::kLanes};
      const F sum = Ops::fma(c[r], values[k / Ops::kLanes], Ops::load_n(y + first + k, n));
      Ops::store_n(y + first + k, sum, n);
    }
  }
}

template <class Isa, class Format>
struct AxpyList {
  const uint8_t* data;
  int64_t stride;
  int64_t cols;
  const int32_t* rows;
  const float* coefficients;
  int64_t n_rows;
  float* y;

  // Rows i .. i + kRows of the list; `distance` later ones are fetched meanwhile.
  template <int kRows>
  BAMBOO_INLINE void add(int64_t i, int64_t distance) const {
    const uint8_t* group[kRows];
    const uint8_t* ahead[kRows];
    BAMBOO_UNROLL for (int k = 0; k < kRows; ++k) {
      group[k] = data + rows[i + k] * stride;
      const int64_t next = i + k + distance;
      ahead[k] = next < n_rows ? data + rows[next] * stride : group[k];
      __builtin_prefetch(ahead[k] + stride - 1, 0, kGatherLocality);
    }
    axpy_group<Isa, Format, kRows>(group, ahead, coefficients + i, cols, y);
  }

  void add_all() const {
    constexpr int kRows = 4;
    const int64_t distance = rows_ahead<Isa>(stride, kRows);
    int64_t i = 0;
    for (; i + kRows <= n_rows; i += kRows) add<kRows>(i, distance);
    if (n_rows - i >= 2) {
      add<2>(i, distance);
      i += 2;
    }
    if (i < n_rows) add<1>(i, distance);
  }
};

template <class Isa>
void axpy_rows(const MatrixView& w, const int32_t* rows, const float* coefficients, int64_t n_rows,
               float* y) {
  with_format<Isa>(w.dtype, [&](auto format) {
    using Format = decltype(format);
    const int64_t stride = row_stride<Isa, Format::kDType>(w.cols);
    AxpyList<Isa, Format>{w.data, stride, w.cols, rows, coefficients, n_rows, y}.add_all();
  });
}

// A tile of decoded rows, kTileVectors vectors wide, and which rows of several such tiles each of
// up to kVectors vectors wants.
template <class Isa>
struct AxpyTile {
  using Ops = typename Isa::Ops;
  static constexpr int64_t kRows = 64;  // bits of a mask
  static constexpr int kTileVectors = 8;
  static constexpr int64_t kCols = kTileVectors * Ops::kLanes;
  static constexpr int64_t kVectors = 64;
  static constexpr int64_t kTiles = 32;  // one above the other

  alignas(64) float weights[kRows * kCols];
  uint64_t wanted[kTiles][kVectors];  // bit r: the coefficient of row r is not zero
  uint64_t any[kTiles];               // the rows that any vector wants

  // Rows [tile * kRows, + rows) of the coefficients.
  BAMBOO_INLINE void find_wanted(int64_t tile, const float* coefficients, int64_t stride, int64_t n,
                                 int64_t rows) {
    any[tile] = 0;
    for (int64_t t = 0; t < n; ++t) {
      const float* c = coefficients + t * stride + tile * kRows;
      uint64_t mask = 0;
      int64_t r = 0;
      for (; r + Ops::kLanes <= rows; r += Ops::kLanes) {
        mask |= static_cast<uint64_t>(Ops::nonzero_bits(Ops::load(c + r))) << r;
      }
      if (r < rows)
        mask |= static_cast<uint64_t>(Ops::nonzero_bits(Ops::load_n(c + r, rows - r))) << r;
      wanted[tile][t] = mask;
      any[tile] |= mask;
    }
  }

  template <class Format>
  BAMBOO_INLINE void decode(const uint8_t* rows, int64_t row_bytes, uint64_t which, int64_t first,
                            int64_t n_cols) {
    constexpr int kBlockVectors = kBlock / Ops::kLanes;
    for (; which != 0; which &= which - 1) {
      const int64_t r = __builtin_ctzll(which);
      for (int64_t c = 0; c < n_cols; c += kBlock) {
        typename Ops::F values[kBlockVectors];
        const int64_t n = n_cols - c < kBlock ? n_cols - c : kBlock;
        Format::dequantize(rows + r * row_bytes, first + c, n, values);
        BAMBOO_UNROLL for (int v = 0; v < kBlockVectors; ++v) {
          Ops::store(weights + r * kCols + c + v * Ops::kLanes, values[v]);
        }
      }
    }
  }

  // y[0 .. n_cols) += the rows in `mask`, in order. Full tiles (n_cols == kCols) are a case of
  // their own, without the tests that a narrower one needs at each vector.
  template <bool kIsFull>
  BAMBOO_INLINE void add_rows(uint64_t mask, const float* coefficients, int64_t n_cols,
                              float* y) const {
    using F = typename Ops::F;
    F sums[kTileVectors];
    BAMBOO_UNROLL for (int v = 0; v < kTileVectors; ++v) {
      const int64_t left = n_cols - v * Ops::kLanes;
      float* p = y + v * Ops::kLanes;
      sums[v] = kIsFull || left >= Ops::kLanes ? Ops::load(p)
                : left > 0                     ? Ops::load_n(p, left)
                                               : Ops::zero();
    }
    for (; mask != 0; mask &= mask - 1) {
      const int64_t r = __builtin_ctzll(mask);
      const F c = Ops::set1(coefficients[r]);
      const float* row = weights + r * kCols;
      BAMBOO_UNROLL for (int v = 0; v < kTileVectors; ++v) {
        sums[v] = Ops::fma(c, Ops::load(row + v * Ops::kLanes), sums[v]);
      }
    }
    BAMBOO_UNROLL for (int v = 0; v < kTileVectors; ++v) {
      const int64_t left = n_cols - v * Ops::kLanes;
      float* p = y + v * Ops::kLanes;
      if (kIsFull || left >= Ops::kLanes) {
        Ops::store(p, sums[v]);
      } else if (left > 0) {
        Ops::store_n(p, sums[v], left);
      }
    }
  }
};

// One vector: the list of its rows, a stretch at a time.
template <class Isa, class Format>
void axpy_range_single(const MatrixView& w, int64_t row_begin, int64_t row_end,
                       const float* coefficients, float* y) {
  constexpr int64_t kListed = 256;
  const int64_t stride = row_stride<Isa, Format::kDType>(w.cols);
  int32_t rows[kListed];
  float values[kListed];
  int64_t n = 0;
  for (int64_t r = row_begin; r < row_end; ++r) {
    rows[n] = static_cast<int32_t>(r);
    values[n] = coefficients[r];
    n += coefficients[r] != 0.0f ? 1 : 0;
    if (n == kListed) {
      AxpyList<Isa, Format>{w.data, stride, w.cols, rows, values, n, y}.add_all();
      n = 0;
    }
  }
  AxpyList<Isa, Format>{w.data, stride, w.cols, rows, values, n, y}.add_all();
}

// One tile of rows and columns times the vectors: y and the coefficients are those of the tile.
template <class Isa>
BAMBOO_INLINE void axpy_tile(const AxpyTile<Isa>& tile, int64_t index, const float* coefficients,
                             int64_t coefficient_stride, int64_t n, int64_t n_cols, float* y,
                             int64_t y_stride) {
  for (int64_t t = 0; t < n; ++t) {
    const uint64_t wanted = tile.wanted[index][t];
    if (wanted == 0) continue;
    const float* of_vector = coefficients + t * coefficient_stride;
    if (n_cols == AxpyTile<Isa>::kCols) {
      tile.template add_rows<true>(wanted, of_vector, n_cols, y + t * y_stride);
    } else {
      tile.template add_rows<false>(wanted, of_vector, n_cols, y + t * y_stride);
    }
  }
}

// Columns go by a tile at a time, so that the vectors' sums of those columns stay in the
// first-level cache while all rows are added.
template <class Isa, class Format>
void axpy_range_many(const MatrixView& w, int64_t row_begin, int64_t row_end,
                     const float* coefficients, int64_t coefficient_stride, int64_t n, float* y,
                     int64_t y_stride) {
  using Tile = AxpyTile<Isa>;
  Tile tile;
  // Columns of a partial block that dequantize leaves alone must still be finite where they are
  // multiplied.
  __builtin_memset(tile.weights, 0, sizeof(tile.weights));
  const int64_t stride = row_stride<Isa, Format::kDType>(w.cols);
  constexpr int64_t kMostRows = Tile::kTiles * Tile::kRows;
  for (int64_t t0 = 0; t0 < n; t0 += Tile::kVectors) {
    const int64_t vectors = n - t0 < Tile::kVectors ? n - t0 : Tile::kVectors;
    for (int64_t row = row_begin; row < row_end; row += kMostRows) {
      const int64_t rows = row_end - row < kMostRows ? row_end - row : kMostRows;
      const int64_t tiles = (rows + Tile::kRows - 1) / Tile::kRows;
      const float* c = coefficients + t0 * coefficient_stride + row;
      for (int64_t i = 0; i < tiles; ++i) {
        const int64_t left = rows - i * Tile::kRows;
        tile.find_wanted(i, c, coefficient_stride, vectors,
                         left < Tile::kRows ? left : Tile::kRows);
      }
      for (int64_t first = 0; first < w.cols; first += Tile::kCols) {
        const int64_t left = w.cols - first;
        const int64_t n_cols = left < Tile::kCols ? left : Tile::kCols;
        for (int64_t i = 0; i < tiles; ++i) {
          if (tile.any[i] == 0) continue;
          const uint8_t* tile_rows = w.data + (row + i * Tile::kRows) * stride;
          tile.template decode<Format>(tile_rows, stride, tile.any[i], first, n_cols);
          axpy_tile(tile, i, c + i * Tile::kRows, coefficient_stride, vectors, n_cols,
                    y + t0 * y_stride + first, y_stride);
        }
      }
    }
  }
}

template <class Isa>
void axpy_range(const MatrixView& w, int64_t row_begin, int64_t row_end, const float* coefficients,
                int64_t coefficient_stride, int64_t n, float* y, int64_t y_stride) {
  with_format<Isa>(w.dtype, [&](auto format) {
    using Format = decltype(format);
    if (n == 1) {
      axpy_range_single<Isa, Format>(w, row_begin, row_end, coefficients, y);
    } else if (n > 1) {
      axpy_range_many<Isa, Format>(w, row_begin, row_end, coefficients, coefficient_stride, n, y,
                                   y_stride);
    }
  });
}

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_AXPY_H_
