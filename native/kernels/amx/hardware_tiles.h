// The eight tile registers of an AMX CPU as the tile algorithms use them. A tile has up to 16 rows
// of 64 bytes.
//
// Everything is inline assembly with a memory clobber: GCC 12's intrinsics do not tell the compiler
// that they read memory, so it may drop the stores in front of them.
#ifndef BAMBOO_KERNELS_AMX_HARDWARE_TILES_H_
#define BAMBOO_KERNELS_AMX_HARDWARE_TILES_H_

#include <cstdint>

#include "kernels/generic/inlining.h"

namespace bamboo {
namespace {

struct HardwareTiles {
  // Tiles hold state that the OS must save as long as they are configured: a kernel releases them
  // before it returns. (No destructor: unwinding code for it would be a symbol to share.)
  BAMBOO_INLINE void release() { __asm__ volatile("tilerelease" ::: "memory"); }

  // rows[i]: of tile i, 1 to 16. Clears all tiles.
  BAMBOO_INLINE void configure(const uint8_t (&rows)[8]) {
    // Intel SDM volume 1, 18.3: palette 1; bytes per row in 16-bit words from byte 16 on; rows in
    // bytes from byte 48 on.
    struct alignas(64) Configuration {
      uint8_t palette;
      uint8_t start_row;
      uint8_t reserved[14];
      uint16_t row_bytes[16];
      uint8_t rows[16];
    } configuration = {};
    static_assert(sizeof(Configuration) == 64);
    configuration.palette = 1;
    for (int i = 0; i < 8; ++i) {
      configuration.row_bytes[i] = 64;
      configuration.rows[i] = rows[i];
    }
    __asm__ volatile("ldtilecfg %0" ::"m"(configuration) : "memory");
  }

#define BAMBOO_TILE_CASES(tile, instruction_for) \
  static_assert((tile) >= 0 && (tile) < 8);      \
  if constexpr ((tile) == 0) {                   \
    instruction_for("0");                        \
  } else if constexpr ((tile) == 1) {            \
    instruction_for("1");                        \
  } else if constexpr ((tile) == 2) {            \
    instruction_for("2");                        \
  } else if constexpr ((tile) == 3) {            \
    instruction_for("3");                        \
  } else if constexpr ((tile) == 4) {            \
    instruction_for("4");                        \
  } else if constexpr ((tile) == 5) {            \
    instruction_for("5");                        \
  } else if constexpr ((tile) == 6) {            \
    instruction_for("6");                        \
  } else {                                       \
    instruction_for("7");                        \
  }

  template <int kTile>
  BAMBOO_INLINE void zero() {
#define BAMBOO_TILE(name) __asm__ volatile("tilezero %%tmm" name ::: "memory")
    BAMBOO_TILE_CASES(kTile, BAMBOO_TILE)
#undef BAMBOO_TILE
  }
  // Rows `stride` bytes apart.
  template <int kTile>
  BAMBOO_INLINE void load(const void* p, int64_t stride) {
#define BAMBOO_TILE(name) \
  __asm__ volatile("tileloadd (%0,%1,1), %%tmm" name ::"r"(p), "r"(stride) : "memory")
    BAMBOO_TILE_CASES(kTile, BAMBOO_TILE)
#undef BAMBOO_TILE
  }
  template <int kTile>
  BAMBOO_INLINE void store(void* p, int64_t stride) {
#define BAMBOO_TILE(name) \
  __asm__ volatile("tilestored %%tmm" name ", (%0,%1,1)" ::"r"(p), "r"(stride) : "memory")
    BAMBOO_TILE_CASES(kTile, BAMBOO_TILE)
#undef BAMBOO_TILE
  }
#undef BAMBOO_TILE_CASES

  // The one arrangement of tiles there is: sums 0 and 1 += tile 4 * tiles 6 and 7; sums 2 and 3 +=
  // tile 5 * tiles 6 and 7 (AT&T order: second factor, first factor, sum).
  BAMBOO_INLINE void multiply_upper() {
    __asm__ volatile(
        "tdpbf16ps %%tmm6, %%tmm4, %%tmm0\n\t"
        "tdpbf16ps %%tmm7, %%tmm4, %%tmm1" ::
            : "memory");
  }
  BAMBOO_INLINE void multiply_lower() {
    __asm__ volatile(
        "tdpbf16ps %%tmm6, %%tmm5, %%tmm2\n\t"
        "tdpbf16ps %%tmm7, %%tmm5, %%tmm3" ::
            : "memory");
  }
};

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_AMX_HARDWARE_TILES_H_
