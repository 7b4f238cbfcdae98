// Chooses the kernel table once: the best instruction set that both this build and this CPU (and
// its OS) have.
#ifndef BAMBOO_KERNELS_DISPATCH_H_
#define BAMBOO_KERNELS_DISPATCH_H_

#include <string>
#include <vector>

#include "kernels/kernel_table.h"

namespace bamboo {

// The table to use. BAMBOO_FORCE_ISA=portable|avx2|avx512vnni|amx|amx_emulated|neon overrides the
// choice; amx_emulated is never chosen otherwise.
// Throws Error kUnknownIsa for another name, kUnsupportedIsa for one this build or CPU lacks.
// Thread-safe; the choice is made at the first call and kept.
const KernelTable& kernels();

// The table of one instruction set by name, for tests. Throws as above.
const KernelTable& kernels_for(const std::string& isa);

// Names that kernels_for() accepts on this machine, slowest first.
std::vector<std::string> available_isas();

}  // namespace bamboo

#endif  // BAMBOO_KERNELS_DISPATCH_H_
