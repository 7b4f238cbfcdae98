// Weights as tiles want them: a strip is 32 outputs by up to kStripDepth inputs, decoded to bf16.
// Per step of 32 inputs it holds two tiles side by side, 16 outputs each; row k of a tile holds
// inputs 2 k and 2 k + 1 of each of its outputs.
#ifndef BAMBOO_KERNELS_AMX_WEIGHT_STRIPS_H_
#define BAMBOO_KERNELS_AMX_WEIGHT_STRIPS_H_

#include "kernels/avx512vnni/avx512vnni_formats.h"

namespace bamboo {
namespace {

struct AmxFormats {
  using Ops = Avx512Ops;
  template <DType kType>
  using Format = Avx512Format<kType, is_quantized(kType)>;
};

constexpr int64_t kTileRows = 16;
constexpr int64_t kTileBytes = 1024;
constexpr int64_t kStepInputs = 32;
constexpr int64_t kStripOutputs = 2 * kTileRows;
// 20 steps: 40 KB, so that a strip stays in the first-level cache while the vectors stream past.
constexpr int64_t kStripDepth = 640;
constexpr int64_t kStripBytes = kStripDepth / kStepInputs * 2 * kTileBytes;

// 32 floats, rounded to nearest even; the order is kept.
BAMBOO_INLINE __m512i to_bf16(__m512 first, __m512 second) {
  return (__m512i)_mm512_cvtne2ps_pbh(second, first);
}

// Rows i and columns j of sixteen rows of sixteen dwords change places.
BAMBOO_INLINE void transpose16(__m512i (&rows)[16]) {
  __m512i t[16];
  BAMBOO_UNROLL for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
  // rows[4 g + c]: column c of each 128-bit chunk of the rows 4 g .. 4 g + 3
  BAMBOO_UNROLL for (int g = 0; g < 16; g += 4) {
    rows[g] = _mm512_unpacklo_epi64(t[g], t[g + 2]);
    rows[g + 1] = _mm512_unpackhi_epi64(t[g], t[g + 2]);
    rows[g + 2] = _mm512_unpacklo_epi64(t[g + 1], t[g + 3]);
    rows[g + 3] = _mm512_unpackhi_epi64(t[g + 1], t[g + 3]);
  }
  BAMBOO_UNROLL for (int c = 0; c < 4; ++c) {
    t[c] = _mm512_shuffle_i32x4(rows[c], rows[4 + c], 0x88);
    t[4 + c] = _mm512_shuffle_i32x4(rows[c], rows[4 + c], 0xdd);
    t[8 + c] = _mm512_shuffle_i32x4(rows[8 + c], rows[12 + c], 0x88);
    t[12 + c] = _mm512_shuffle_i32x4(rows[8 + c], rows[12 + c], 0xdd);
  }
  BAMBOO_UNROLL for (int c = 0; c < 4; ++c) {
    rows[c] = _mm512_shuffle_i32x4(t[c], t[8 + c], 0x88);
    rows[4 + c] = _mm512_shuffle_i32x4(t[4 + c], t[12 + c], 0x88);
    rows[8 + c] = _mm512_shuffle_i32x4(t[c], t[8 + c], 0xdd);
    rows[12 + c] = _mm512_shuffle_i32x4(t[4 + c], t[12 + c], 0xdd);
  }
}

// Outputs are rows of the matrix, inputs its columns.
template <class Format>
struct RowStrips {
  const MatrixView& w;
  int64_t stride;

  BAMBOO_INLINE int64_t inputs() const { return w.cols; }

  // Outputs [first, first + kStripOutputs), those from `end` on as zeros; `depth` inputs from
  // `input` on.
  void decode(int64_t first, int64_t end, int64_t input, int64_t depth, uint8_t* strip) const {
    for (int64_t k = 0; k < depth; k += kStepInputs) {
      const int64_t n = depth - k < kStepInputs ? depth - k : kStepInputs;
      for (int64_t half = 0; half < kStripOutputs; half += kTileRows) {
        __m512i rows[16];
        BAMBOO_UNROLL for (int r = 0; r < 16; ++r) {
          const int64_t output = first + half + r;
          rows[r] = _mm512_setzero_si512();
          if (output >= end) continue;
          __m512 values[2];
          Format::dequantize(w.data + output * stride, input + k, n, values);
          rows[r] = to_bf16(values[0], values[1]);
        }
        transpose16(rows);
        BAMBOO_UNROLL for (int r = 0; r < 16; ++r) _mm512_store_si512(strip + r * 64, rows[r]);
        strip += kTileBytes;
      }
    }
  }
};

// Outputs are columns of the matrix, inputs its rows. `first` and `end` are multiples of 32 or the
// number of columns.
template <class Format>
struct ColumnStrips {
  const MatrixView& w;
  int64_t stride;

  BAMBOO_INLINE int64_t inputs() const { return w.rows; }

  BAMBOO_INLINE void values(int64_t row, int64_t row_end, int64_t first, int64_t n,
                            __m512* out) const {
    out[0] = out[1] = _mm512_setzero_ps();
    if (row < row_end) Format::dequantize(w.data + row * stride, first, n, out);
  }
  void decode(int64_t first, int64_t end, int64_t input, int64_t depth, uint8_t* strip) const {
    const __m512i interleave =
        _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6,
                         21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    const int64_t n = end - first < kStripOutputs ? end - first : kStripOutputs;
    for (int64_t k = 0; k < depth; k += kStepInputs) {
      for (int64_t pair = 0; pair < kTileRows; ++pair) {
        const int64_t row = input + k + 2 * pair;
        __m512 even[2];
        __m512 odd[2];
        values(row, input + depth, first, n, even);
        values(row + 1, input + depth, first, n, odd);
        BAMBOO_UNROLL for (int half = 0; half < 2; ++half) {
          const __m512i both = to_bf16(even[half], odd[half]);
          _mm512_store_si512(strip + half * kTileBytes + pair * 64,
                             _mm512_permutexvar_epi16(interleave, both));
        }
      }
      strip += 2 * kTileBytes;
    }
  }
};

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_AMX_WEIGHT_STRIPS_H_
