// Matrix products of a chunk's activations in the arithmetic that the context asks for: decoding's
// kernels, or prefill's own where the instruction set has them.
#ifndef BAMBOO_MODEL_PROJECTION_H_
#define BAMBOO_MODEL_PROJECTION_H_

#include <cstdint>
#include <initializer_list>

#include "model/parallel_matmul.h"
#include "model/transformer.h"

namespace bamboo {

// Whether this context computes with KernelTable::prefill rather than with decoding's kernels.
inline bool uses_prefill_kernels(const ForwardContext& c) {
  return c.arithmetic == Arithmetic::kPrefill && c.kernels.prefill != nullptr;
}

// Packs x [n, cols] into act.packed, for project() or project_by_input() with the same context.
ActivationView pack_input(const ForwardContext& context, const float* x, int64_t n, int64_t cols);

// out[t, r] = dot(row r, x_t) for each job; all matrices have the same number of columns.
void project(const ForwardContext& context, const ActivationView& x,
             std::initializer_list<MatmulJob> jobs);

// out[t, c] = sum of x_t[r] * row r [c]. Only where uses_prefill_kernels().
void project_by_input(const ForwardContext& context, const ActivationView& x,
                      const MatrixView& weights, float* out);

}  // namespace bamboo

#endif  // BAMBOO_MODEL_PROJECTION_H_
