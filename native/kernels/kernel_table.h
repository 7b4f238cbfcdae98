// The numeric kernels as one table of functions per instruction set, chosen once at load
// (dispatch.h). Kernels are pure functions on pointers and sizes: they know nothing of models,
// allocate nothing, never throw.
//
// Determinism: every output element depends only on its own inputs, never on how many rows, vectors
// or threads a call covers. So splitting a call by rows or by vectors, at any place, gives the same
// bits within one instruction set.
//
// Nothing is read outside the arrays described; weights may have any alignment, float arrays at
// least 4 bytes.
#ifndef BAMBOO_KERNELS_KERNEL_TABLE_H_
#define BAMBOO_KERNELS_KERNEL_TABLE_H_

#include <cstddef>
#include <cstdint>

#include "tensor/dtype.h"

namespace bamboo {

// n vectors of `cols` floats (cols of the matrix they meet). Float matrices use `values`; quantized
// ones use `packed`.
struct ActivationView {
  const float* values = nullptr;    // [n, cols]
  const uint8_t* packed = nullptr;  // [n, packed_activation_bytes(cols)], 64-byte aligned
  int64_t n = 0;
};

// Keys and values of one KV head in f16.
struct KvHeadView {
  const uint16_t* keys = nullptr;  // [ceil(capacity / 16), head_dim, 16]: 16 positions side by side
  const uint16_t* values = nullptr;  // [capacity, head_dim]
};

// The same in int8: an element is its integer times the scale of its position.
struct QuantizedKvHeadView {
  const int8_t* keys = nullptr;         // [ceil(capacity / 16), head_dim, 16]
  const int8_t* values = nullptr;       // [capacity, head_dim]
  const float* key_scales = nullptr;    // [round_up(capacity, 16)]
  const float* value_scales = nullptr;  // [round_up(capacity, 16)]
};

enum class RopeLayout : uint8_t {
  kAdjacentPairs,  // (2i, 2i+1): llama.cpp's "normal" order
  kHalves,         // (i, i + rotary_dim/2): Hugging Face's order
};

// Matrix products in an arithmetic of their own, for instruction sets that have a much faster one
// for many vectors at once (docs/adr/0007). Callers choose by what a row is for, prefill or
// decoding, never by how many rows there are: so each row has the same bits in any chunk.
struct PrefillKernels {
  // --- activations: the layout is private to the table.
  size_t (*packed_bytes)(int64_t cols);  // of a vector, a multiple of 64
  void (*pack)(const float* x, int64_t n, int64_t cols, uint8_t* packed);

  size_t (*scratch_bytes)();  // what one call below needs, 64-byte aligned

  // out[t * out_stride + r] = dot(w.row(r), x_t) for r in [row_begin, row_end), t in [0, x.n);
  // x.packed holds vectors of w.cols elements.
  void (*matmul)(const MatrixView& w, int64_t row_begin, int64_t row_end, const ActivationView& x,
                 float* out, int64_t out_stride, uint8_t* scratch);

  // out[t * out_stride + c] = sum_r x_t[r] * w.row(r)[c] for c in [col_begin, col_end), t in
  // [0, x.n); x.packed holds vectors of w.rows elements. col_begin is a multiple of 32.
  void (*weighted_rows)(const MatrixView& w, int64_t col_begin, int64_t col_end,
                        const ActivationView& x, float* out, int64_t out_stride, uint8_t* scratch);
};

struct KernelTable {
  const char* isa;  // "portable", "avx2", "avx512vnni", "amx", "neon"

  // --- activations for quantized matrices: 15-bit integers q = round(x / scale) with one scale a
  // vector, max|x| / 16256, plus whatever else this instruction set wants. The layout is private
  // to the table (docs/adr/0001).
  size_t (*packed_activation_bytes)(int64_t cols);  // a multiple of 64
  void (*pack_activations)(const float* x, int64_t n, int64_t cols, uint8_t* packed);

  // out[t * out_stride + r] = dot(w.row(r), x_t) for r in [row_begin, row_end), t in [0, x.n).
  void (*matmul)(const MatrixView& w, int64_t row_begin, int64_t row_end, const ActivationView& x,
                 float* out, int64_t out_stride);

  // matmul where it matters: out[t * stride + r] has matmul's bits where gate[t * stride + r] > 0
  // and is 0 elsewhere.
  void (*matmul_where_positive)(const MatrixView& w, int64_t row_begin, int64_t row_end,
                                const ActivationView& x, const float* gate, float* out,
                                int64_t stride);

  // out[i] = dot(w.row(rows[i]), x) for one vector (x.n == 1): the same bits as matmul gives for
  // that row.
  void (*gather_dot)(const MatrixView& w, const int32_t* rows, int64_t n_rows,
                     const ActivationView& x, float* out);

  // y[c] = fma(coefficients[i], w.row(rows[i])[c], y[c]) for i = 0, 1, ... in this order; y has
  // w.cols floats.
  void (*axpy_rows)(const MatrixView& w, const int32_t* rows, const float* coefficients,
                    int64_t n_rows, float* y);

  // The same for several vectors and a range of rows, skipping zero coefficients:
  // for r in [row_begin, row_end) ascending, for t in [0, n) with coefficients[t *
  // coefficient_stride + r] != 0:
  //   y[t * y_stride + c] = fma(coefficient, w.row(r)[c], y[t * y_stride + c])
  void (*axpy_range)(const MatrixView& w, int64_t row_begin, int64_t row_end,
                     const float* coefficients, int64_t coefficient_stride, int64_t n, float* y,
                     int64_t y_stride);

  // out[c] = w.row(row)[c], exactly rounded to float.
  void (*dequantize_row)(const MatrixView& w, int64_t row, float* out);

  // out = x / sqrt(mean(x^2) + epsilon) * weight; x and out may be the same array.
  void (*rms_norm)(const float* x, const float* weight, int64_t n, float epsilon, float* out);

  // Rotates the first rotary_dim of head_dim elements of each head in place.
  // cosines, sines: [rotary_dim / 2] for this position.
  void (*rope)(float* x, int64_t n_heads, int64_t head_dim, int64_t rotary_dim,
               const float* cosines, const float* sines, RopeLayout layout);

  // Writes one position of one head into the cache layout above (rounded to nearest even f16).
  void (*store_key)(const float* key, int64_t head_dim, int64_t position, uint16_t* keys);
  void (*store_value)(const float* value, int64_t head_dim, int64_t position, uint16_t* values);

  // Causal attention of n_queries query heads that share one KV head, at one position:
  // out[j] = sum_p softmax_p(scale * q[j] . key[p]) value[p] over p in [0, n_positions).
  // q, out: n_queries rows of head_dim floats, `stride` floats apart; head_dim a multiple of 16, at
  // most 256. scratch: n_queries * round_up(n_positions, 16) floats.
  void (*attend)(const KvHeadView& kv, const float* q, int64_t n_queries, int64_t stride,
                 int64_t head_dim, int64_t n_positions, float scale, float* out, float* scratch);

  // The same three for an int8 cache. Stored integers are round(x / scale), scale = max|x| / 127 of
  // the position; a position with a NaN or an infinity gets the scale NaN. head_dim at most 256.
  void (*store_quantized_key)(const float* key, int64_t head_dim, int64_t position, int8_t* keys,
                              float* scales);
  void (*store_quantized_value)(const float* value, int64_t head_dim, int64_t position,
                                int8_t* values, float* scales);
  void (*attend_quantized)(const QuantizedKvHeadView& kv, const float* q, int64_t n_queries,
                           int64_t stride, int64_t head_dim, int64_t n_positions, float scale,
                           float* out, float* scratch);

  // Gated activations, elementwise over n: gate may equal out.
  void (*relu_relu_product)(const float* gate, const float* up, int64_t n,
                            float* out);  // relu(g) * relu(u): Bamboo
  void (*relu_product)(const float* gate, const float* up, int64_t n,
                       float* out);  // relu(g) * u: ReluLLaMA
  void (*silu_product)(const float* gate, const float* up, int64_t n,
                       float* out);  // silu(g) * u: Llama, Mistral

  void (*add)(const float* x, int64_t n, float* y);  // y += x

  // log(sum(exp(x))) over n, stable; NaN if any x is NaN.
  float (*log_sum_exp)(const float* x, int64_t n);

  // Null: prefill computes with the kernels above.
  const PrefillKernels* prefill;
};

}  // namespace bamboo

#endif  // BAMBOO_KERNELS_KERNEL_TABLE_H_
