// Turns rows of floats into GGUF blocks when a model is converted, and blocks back into floats for
// checks. Plain C++ for offline use: the forward pass has its own kernels. Results do not depend on
// machine or thread.
#ifndef BAMBOO_FORMAT_QUANTIZE_H_
#define BAMBOO_FORMAT_QUANTIZE_H_

#include <cstdint>

#include "tensor/dtype.h"

namespace bamboo {

// False for q6_k, which is only read.
bool can_quantize_to(DType dtype);

// Writes row_bytes(dtype, cols) bytes to `out`. x: [cols], finite; cols a multiple of the block
// length. importance: [cols] of finite weights >= 0, or nullptr for equal weights. It should hold
// the mean squared activation of each column: sum of importance * error^2 is then the mean squared
// error of the product with uncorrelated inputs. q8_0, q5_0, q4_0 choose the scale of each block
// that minimises this sum over a grid of candidates refined by least squares, and never do worse
// than rounding with the scale of the largest element. Values past the range of f16, bf16 or a
// block scale are clamped to the largest finite one: nothing becomes infinite. Throws Error
// invalid-argument when cols is no multiple of the block length or dtype is q6_k.
void quantize_row(DType dtype, const float* x, int64_t cols, const float* importance, uint8_t* out);

// out[c] = the value of column c, correctly rounded to float, for all seven dtypes. `row` may have
// any alignment. Throws Error invalid-argument when cols is no multiple of the block length.
void dequantize_row(DType dtype, const uint8_t* row, int64_t cols, float* out);

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_QUANTIZE_H_
