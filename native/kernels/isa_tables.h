// The kernel tables of the instruction sets that this build contains. Call one only where
// cpu_features.h says that the CPU has it: the files behind these functions are compiled with that
// instruction set's flags.
#ifndef BAMBOO_KERNELS_ISA_TABLES_H_
#define BAMBOO_KERNELS_ISA_TABLES_H_

#include "kernels/kernel_table.h"

namespace bamboo {

const KernelTable* portable_table() noexcept;
const KernelTable* avx2_table() noexcept;
const KernelTable* avx512vnni_table() noexcept;
const KernelTable* amx_table() noexcept;
const KernelTable*
emulated_table() noexcept;  // amx with emulated tiles; needs avx512vnni and avx512bf16
const KernelTable* neon_table() noexcept;

}  // namespace bamboo

#endif  // BAMBOO_KERNELS_ISA_TABLES_H_
