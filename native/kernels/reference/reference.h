// What every kernel computes, as plain loops in double precision, written from the formats'
// definitions alone. For tests only: no code is shared with the kernels and nothing here is fast.
#ifndef BAMBOO_KERNELS_REFERENCE_REFERENCE_H_
#define BAMBOO_KERNELS_REFERENCE_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "kernels/kernel_table.h"

namespace bamboo::reference {

double half_to_double(uint16_t half);
// Nearest half, ties to even.
uint16_t double_to_half(double value);

// [w.cols]
std::vector<double> dequantize_row(const MatrixView& w, int64_t row);

// sum_c w[row][c] * x[c], and the sum of the terms' magnitudes, which rounding errors are
// proportional to.
struct Dot {
  double value = 0;
  double magnitude = 0;
};
Dot dot(const MatrixView& w, int64_t row, const float* x);

std::vector<double> rms_norm(const float* x, const float* weight, int64_t n, double epsilon);

// x: [n_heads, head_dim]
std::vector<double> rope(const float* x, int64_t n_heads, int64_t head_dim, int64_t rotary_dim,
                         const float* cosines, const float* sines, RopeLayout layout);

// One query head: softmax(scale * q . key_p) over p, times values. keys, values: [n_positions,
// head_dim] as doubles.
std::vector<double> attend(const std::vector<double>& keys, const std::vector<double>& values,
                           const float* q, int64_t head_dim, int64_t n_positions, double scale);

double relu(double x);
double silu(double x);
double log_sum_exp(const float* x, int64_t n);

}  // namespace bamboo::reference

#endif  // BAMBOO_KERNELS_REFERENCE_REFERENCE_H_
