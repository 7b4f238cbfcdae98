// The inlining and unrolling marks that the kernel templates use. Part of every instruction set's
// build; holds no code.
#ifndef BAMBOO_KERNELS_GENERIC_INLINING_H_
#define BAMBOO_KERNELS_GENERIC_INLINING_H_

// Vector code must be inlined: an out-of-line copy would pass registers through memory.
#define BAMBOO_INLINE inline __attribute__((always_inline))
// For loops with a small constant trip count over arrays that have to live in registers.
#define BAMBOO_UNROLL _Pragma("GCC unroll 16")

#endif  // BAMBOO_KERNELS_GENERIC_INLINING_H_
