// The AArch64 kernel table (Armv8.2 with the dot product: Apple silicon, Graviton 2, Cortex-A76 and
// later). Exports nothing but the table.
#include "kernels/generic/table.h"
#include "kernels/isa_tables.h"
#include "kernels/neon/neon_formats.h"

namespace bamboo {
namespace {

struct Neon {
  using Ops = NeonOps;
  using QuantStep = NeonQuantStep;
  template <DType kType>
  using Format = NeonFormat<kType, is_quantized(kType)>;

  // 8 lane sums, 8 registers of activations, 3 of weights and two products: under 32 registers.
  static constexpr int kTileRows = 4;
  static constexpr int kTileVectors = 2;
  static constexpr int kStreamVectors = 6;
  static constexpr int kGatherRows = 2;
  static constexpr int kScoreBlocks = 1;
  static constexpr int kValueVectors = 4;

  template <int kRows, int kVectors>
  static BAMBOO_INLINE void reduce_tile(const float32x4_t (&sums)[kRows][kVectors],
                                        float (&out)[kVectors][kRows]) {
    BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) {
      BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) out[t][r] = Ops::reduce_add(sums[r][t]);
    }
  }
};

constexpr KernelTable kTable = generic::make_table<Neon>("neon");

}  // namespace

const KernelTable* neon_table() noexcept { return &kTable; }

}  // namespace bamboo
