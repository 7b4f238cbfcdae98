// Matrix products of one input with several matrices, shared among the threads of a pool in one
// loop.
#ifndef BAMBOO_MODEL_PARALLEL_MATMUL_H_
#define BAMBOO_MODEL_PARALLEL_MATMUL_H_

#include <initializer_list>

#include "kernels/kernel_table.h"
#include "threading/thread_pool.h"

namespace bamboo {

struct MatmulJob {
  const MatrixView* weights;
  float* out;  // [x.n, weights->rows]
};

// Packs x [n, cols] for quantized matrices; float ones read `x` itself. `packed` must hold n packed
// vectors.
ActivationView pack(const KernelTable& kernels, ThreadPool& pool, const float* x, int64_t n,
                    int64_t cols, uint8_t* packed);

// out[t, r] = dot(row r, x_t) for each job; all matrices have the same number of columns.
void parallel_matmul(const KernelTable& kernels, ThreadPool& pool, const ActivationView& x,
                     std::initializer_list<MatmulJob> jobs);

}  // namespace bamboo

#endif  // BAMBOO_MODEL_PARALLEL_MATMUL_H_
