// Where the parts of a quantized block lie, in bytes from its start (tensor/dtype.h has the
// formats). Templates on the instruction set, so that no symbol compiled for one instruction set
// can be shared with another.
#ifndef BAMBOO_KERNELS_GENERIC_BLOCKS_H_
#define BAMBOO_KERNELS_GENERIC_BLOCKS_H_

#include <cstdint>
#include <cstring>

#include "kernels/generic/inlining.h"
#include "tensor/dtype.h"

namespace bamboo::generic {

inline constexpr int64_t kBlock =
    32;  // elements of a block, and of the unit in which rows become floats

enum : int64_t {
  kQ8Quants = 2,
  kQ4Nibbles = 2,
  kQ5High = 2,
  kQ5Nibbles = 6,
  kQ6Low = 0,
  kQ6High = 128,
  kQ6Scales = 192,
  kQ6Scale = 208,
};

template <class Ops, class T>
BAMBOO_INLINE T load_unaligned(const uint8_t* p) {
  T value;
  __builtin_memcpy(&value, p, sizeof(T));
  return value;
}

// Byte distance from one row to the next; MatrixView::stride() without its shared inline symbol.
template <class Ops, DType kType>
BAMBOO_INLINE int64_t row_stride(int64_t cols) {
  constexpr int64_t elements = traits(kType).block_elements;
  constexpr int64_t bytes = traits(kType).block_bytes;
  return cols / elements * bytes;
}

// Calls f with Isa::Format<dtype>: the one place where a run-time element type becomes a
// compile-time one.
template <class Isa, class Function>
BAMBOO_INLINE void with_format(DType dtype, const Function& f) {
  switch (dtype) {
    case DType::kF32:
      return f(typename Isa::template Format<DType::kF32>{});
    case DType::kF16:
      return f(typename Isa::template Format<DType::kF16>{});
    case DType::kBF16:
      return f(typename Isa::template Format<DType::kBF16>{});
    case DType::kQ8_0:
      return f(typename Isa::template Format<DType::kQ8_0>{});
    case DType::kQ5_0:
      return f(typename Isa::template Format<DType::kQ5_0>{});
    case DType::kQ4_0:
      return f(typename Isa::template Format<DType::kQ4_0>{});
    case DType::kQ6_K:
      return f(typename Isa::template Format<DType::kQ6_K>{});
  }
}

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_BLOCKS_H_
