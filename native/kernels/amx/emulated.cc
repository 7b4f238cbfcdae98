// The same table with the tiles emulated (emulated_tiles.h). Exports nothing but the table.
#include "kernels/amx/emulated_tiles.h"
#include "kernels/amx/tile_matmul.h"
#include "kernels/isa_tables.h"

namespace bamboo {

const KernelTable* emulated_table() noexcept {
  static const KernelTable table = with_tiles<EmulatedTiles>(*avx512vnni_table(), "amx_emulated");
  return &table;
}

}  // namespace bamboo
