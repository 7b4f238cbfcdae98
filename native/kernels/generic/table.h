// Fills a KernelTable from the generic algorithms for one instruction set.
//
// An instruction set is a struct `Isa` in an anonymous namespace with
//   Ops              float vectors (portable/portable_ops.h is the reference for what they mean)
//   QuantStep        one step of a quantized row times packed activations, exact in integers
//   Format<DType>    how rows of a type are decoded, into a step's weights and into floats
//   kTileRows, kTileVectors, kStreamVectors, kGatherRows, kValueVectors   register blocking
//   reduce_tile      reduce_add for a whole tile of lane sums, in reduce_add's order
#ifndef BAMBOO_KERNELS_GENERIC_TABLE_H_
#define BAMBOO_KERNELS_GENERIC_TABLE_H_

#include "kernels/generic/activation_packing.h"
#include "kernels/generic/attention.h"
#include "kernels/generic/axpy.h"
#include "kernels/generic/elementwise.h"
#include "kernels/generic/matmul.h"
#include "kernels/generic/matmul_where.h"
#include "kernels/generic/quantized_kv.h"
#include "kernels/kernel_table.h"

namespace bamboo::generic {

template <class Isa>
constexpr KernelTable make_table(const char* isa) {
  KernelTable table = {};
  table.isa = isa;
  table.packed_activation_bytes = &packed_activation_bytes<Isa>;
  table.pack_activations = &pack_activations<Isa>;
  table.matmul = &matmul<Isa>;
  table.matmul_where_positive = &matmul_where_positive<Isa>;
  table.gather_dot = &gather_dot<Isa>;
  table.axpy_rows = &axpy_rows<Isa>;
  table.axpy_range = &axpy_range<Isa>;
  table.dequantize_row = &dequantize_row<Isa>;
  table.rms_norm = &rms_norm<Isa>;
  table.rope = &rope<Isa>;
  table.store_key = &store_key<Isa>;
  table.store_value = &store_value<Isa>;
  table.attend = &attend<Isa>;
  table.store_quantized_key = &store_quantized_key<Isa>;
  table.store_quantized_value = &store_quantized_value<Isa>;
  table.attend_quantized = &attend_quantized<Isa>;
  table.relu_relu_product = &relu_relu_product<Isa>;
  table.relu_product = &relu_product<Isa>;
  table.silu_product = &silu_product<Isa>;
  table.add = &add<Isa>;
  table.log_sum_exp = &log_sum_exp<Isa>;
  return table;
}

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_TABLE_H_
