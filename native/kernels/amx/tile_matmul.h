// Prefill's matrix products on tiles: activations in bf16 times weights in bf16, summed in float.
//
// An element's bits come from its own vector and its own weights alone: inputs are taken 32 at a
// time in ascending order, each step one tile product; a tile's row sees nothing of the others.
// Which vectors, outputs and inputs are worked on together changes only what stays in which cache:
// a strip of weights in the first level, sums and a stretch of each vector in the second.
#ifndef BAMBOO_KERNELS_AMX_TILE_MATMUL_H_
#define BAMBOO_KERNELS_AMX_TILE_MATMUL_H_

#include "kernels/amx/weight_strips.h"
#include "kernels/kernel_table.h"

namespace bamboo {
namespace {

constexpr int64_t kBlockVectors = 2 * kTileRows;
constexpr int64_t kBlockBytes = 4 * kTileBytes;  // sums of a block of vectors and one strip
// Outputs whose sums wait together while the inputs are worked through: the vectors are read once
// for all of them.
constexpr int64_t kPanelOutputs = 256;
constexpr int64_t kPanelVectors = 256;
constexpr int64_t kSumBytes =
    kPanelOutputs / kStripOutputs * (kPanelVectors / kBlockVectors) * kBlockBytes;

// A packed vector is its elements in bf16, padded with zeros to whole steps. An odd number of cache
// lines: the sixteen rows of a tile then lie in different sets of the cache.
size_t packed_prefill_bytes(int64_t cols) {
  const int64_t lines = (cols + kStepInputs - 1) / kStepInputs;
  return static_cast<size_t>((lines | 1) * 64);
}

void pack_prefill(const float* x, int64_t n, int64_t cols, uint8_t* packed) {
  const auto bytes = static_cast<int64_t>(packed_prefill_bytes(cols));
  for (int64_t t = 0; t < n; ++t) {
    for (int64_t c = 0; c < cols; c += kStepInputs) {
      const float* p = x + t * cols + c;
      const int64_t left = cols - c;
      const __m512i both =
          to_bf16(Avx512Ops::load_n(p, left), Avx512Ops::load_n(p + 16, left - 16));
      _mm512_store_si512(packed + t * bytes + c * 2, both);
    }
  }
}

size_t prefill_scratch_bytes() { return static_cast<size_t>(kStripBytes + kSumBytes); }

struct TileCall {
  const ActivationView& x;
  int64_t packed_bytes;  // of a vector
  float* out;
  int64_t out_stride;
  uint8_t* strip;
  float* sums;
};

// The part of a call that one strip serves.
struct StripPlace {
  int64_t output;  // first
  int64_t end;     // of the valid outputs
  int64_t t;       // first vector
  int64_t n;       // vectors
  int64_t input;
  int64_t steps;
  bool is_first;  // of the stretches of inputs
  bool is_last;
};

// n vectors (1 to 32) times a strip. sums: four tiles, of the vectors 0..15 and 16..31 times the
// outputs 0..15 and 16..31.
template <class Tiles>
BAMBOO_INLINE void multiply_block(Tiles& tiles, const uint8_t* x, int64_t packed_bytes,
                                  const uint8_t* strip, int64_t steps, bool has_lower,
                                  bool is_first, float* sums) {
  constexpr int64_t kFloats = kTileBytes / 4;
  if (is_first) {
    tiles.template zero<0>();
    tiles.template zero<1>();
    if (has_lower) {
      tiles.template zero<2>();
      tiles.template zero<3>();
    }
  } else {
    tiles.template load<0>(sums, 64);
    tiles.template load<1>(sums + kFloats, 64);
    if (has_lower) {
      tiles.template load<2>(sums + 2 * kFloats, 64);
      tiles.template load<3>(sums + 3 * kFloats, 64);
    }
  }
  const uint8_t* lower = x + kTileRows * packed_bytes;
  for (int64_t s = 0; s < steps; ++s) {
    tiles.template load<4>(x + s * 64, packed_bytes);
    tiles.template load<6>(strip, 64);
    tiles.template load<7>(strip + kTileBytes, 64);
    tiles.multiply_upper();
    if (has_lower) {
      tiles.template load<5>(lower + s * 64, packed_bytes);
      tiles.multiply_lower();
    }
    strip += 2 * kTileBytes;
  }
  tiles.template store<0>(sums, 64);
  tiles.template store<1>(sums + kFloats, 64);
  if (has_lower) {
    tiles.template store<2>(sums + 2 * kFloats, 64);
    tiles.template store<3>(sums + 3 * kFloats, 64);
  }
}

// The sums of a block to where the caller wants them.
BAMBOO_INLINE void write_block(const float* sums, int64_t n, int64_t outputs, float* out,
                               int64_t out_stride) {
  for (int64_t t = 0; t < n; ++t) {
    const float* row = sums + t / kTileRows * (2 * kTileBytes / 4) + t % kTileRows * kTileRows;
    Avx512Ops::store_n(out + t * out_stride, Avx512Ops::load(row), outputs);
    if (outputs <= kTileRows) continue;
    const __m512 right = Avx512Ops::load(row + kTileBytes / 4);
    Avx512Ops::store_n(out + t * out_stride + kTileRows, right, outputs - kTileRows);
  }
}

// Tiles of n vectors: the sums and the left factor have as many rows as there are vectors.
template <class Tiles>
BAMBOO_INLINE void configure_for(Tiles& tiles, int64_t n) {
  const auto upper = static_cast<uint8_t>(n < kTileRows ? n : kTileRows);
  // A tile cannot have no rows: without lower vectors these two are not used.
  const auto lower = static_cast<uint8_t>(n > kTileRows ? n - kTileRows : 1);
  tiles.configure({upper, upper, lower, lower, upper, lower, 16, 16});
}

template <class Tiles>
void multiply_strip(Tiles& tiles, const TileCall& call, const StripPlace& at, float* sums) {
  int64_t configured = kBlockVectors;
  for (int64_t t = 0; t < at.n; t += kBlockVectors) {
    const int64_t n = at.n - t < kBlockVectors ? at.n - t : kBlockVectors;
    if (n != configured) configure_for(tiles, configured = n);
    const uint8_t* x = call.x.packed + (at.t + t) * call.packed_bytes + at.input * 2;
    multiply_block(tiles, x, call.packed_bytes, call.strip, at.steps, n > kTileRows, at.is_first,
                   sums);
    if (at.is_last) {
      const int64_t outputs = at.end - at.output;
      write_block(sums, n, outputs < kStripOutputs ? outputs : kStripOutputs,
                  call.out + (at.t + t) * call.out_stride + at.output, call.out_stride);
    }
    sums += kBlockBytes / 4;
  }
  if (configured != kBlockVectors) configure_for(tiles, kBlockVectors);
}

template <class Tiles, class Strips>
void multiply_tiles(const Strips& strips, int64_t begin, int64_t end, const ActivationView& x,
                    float* out, int64_t out_stride, uint8_t* scratch) {
  if (x.n == 0 || begin == end) return;
  const int64_t inputs = strips.inputs();
  const TileCall call = {x,       static_cast<int64_t>(packed_prefill_bytes(inputs)),
                         out,     out_stride,
                         scratch, reinterpret_cast<float*>(scratch + kStripBytes)};
  Tiles tiles;
  configure_for(tiles, kBlockVectors);
  for (int64_t t = 0; t < x.n; t += kPanelVectors) {
    const int64_t n = x.n - t < kPanelVectors ? x.n - t : kPanelVectors;
    const int64_t strip_sums = (n + kBlockVectors - 1) / kBlockVectors * kBlockBytes / 4;
    for (int64_t panel = begin; panel < end; panel += kPanelOutputs) {
      const int64_t panel_end = end - panel < kPanelOutputs ? end : panel + kPanelOutputs;
      for (int64_t input = 0; input < inputs; input += kStripDepth) {
        const int64_t depth = inputs - input < kStripDepth ? inputs - input : kStripDepth;
        StripPlace at = {panel,      panel_end,
                         t,          n,
                         input,      (depth + kStepInputs - 1) / kStepInputs,
                         input == 0, input + depth == inputs};
        float* sums = call.sums;
        for (; at.output < panel_end; at.output += kStripOutputs, sums += strip_sums) {
          strips.decode(at.output, panel_end, input, depth, call.strip);
          multiply_strip(tiles, call, at, sums);
        }
      }
    }
  }
  tiles.release();
}

template <class Tiles>
void prefill_matmul(const MatrixView& w, int64_t row_begin, int64_t row_end,
                    const ActivationView& x, float* out, int64_t out_stride, uint8_t* scratch) {
  generic::with_format<AmxFormats>(w.dtype, [&](auto format) {
    using Format = decltype(format);
    const int64_t stride = generic::row_stride<Avx512Ops, Format::kDType>(w.cols);
    multiply_tiles<Tiles>(RowStrips<Format>{w, stride}, row_begin, row_end, x, out, out_stride,
                          scratch);
  });
}

template <class Tiles>
void prefill_weighted_rows(const MatrixView& w, int64_t col_begin, int64_t col_end,
                           const ActivationView& x, float* out, int64_t out_stride,
                           uint8_t* scratch) {
  generic::with_format<AmxFormats>(w.dtype, [&](auto format) {
    using Format = decltype(format);
    const int64_t stride = generic::row_stride<Avx512Ops, Format::kDType>(w.cols);
    multiply_tiles<Tiles>(ColumnStrips<Format>{w, stride}, col_begin, col_end, x, out, out_stride,
                          scratch);
  });
}

template <class Tiles>
constexpr PrefillKernels kTileKernels = {&packed_prefill_bytes, &pack_prefill,
                                         &prefill_scratch_bytes, &prefill_matmul<Tiles>,
                                         &prefill_weighted_rows<Tiles>};

// Everything else is as on AVX-512.
template <class Tiles>
KernelTable with_tiles(const KernelTable& base, const char* isa) noexcept {
  KernelTable table = base;
  table.isa = isa;
  table.prefill = &kTileKernels<Tiles>;
  return table;
}

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_AMX_TILE_MATMUL_H_
