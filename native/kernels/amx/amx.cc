// The kernel table for CPUs with AMX (Sapphire Rapids and later): AVX-512 VNNI, with prefill's
// matrix products on tiles. Exports nothing but the table.
#include "kernels/amx/hardware_tiles.h"
#include "kernels/amx/tile_matmul.h"
#include "kernels/isa_tables.h"

namespace bamboo {

const KernelTable* amx_table() noexcept {
  static const KernelTable table = with_tiles<HardwareTiles>(*avx512vnni_table(), "amx");
  return &table;
}

}  // namespace bamboo
