// The portable kernel table: baseline code for every CPU, and what the other tables are compared
// with.
#include "kernels/generic/table.h"
#include "kernels/isa_tables.h"
#include "kernels/portable/portable_formats.h"

namespace bamboo {
namespace {

struct Portable {
  using Ops = PortableOps;
  using QuantStep = PortableQuantStep;
  template <DType kType>
  using Format = PortableFormat<kType, is_quantized(kType)>;

  static constexpr int kTileRows = 2;
  static constexpr int kTileVectors = 4;
  static constexpr int kStreamVectors = 4;
  static constexpr int kGatherRows = 2;
  static constexpr int kScoreBlocks = 1;
  static constexpr int kValueVectors = 2;

  template <int kRows, int kVectors>
  static BAMBOO_INLINE void reduce_tile(const Ops::F (&sums)[kRows][kVectors],
                                        float (&out)[kVectors][kRows]) {
    for (int r = 0; r < kRows; ++r) {
      for (int t = 0; t < kVectors; ++t) out[t][r] = Ops::reduce_add(sums[r][t]);
    }
  }
};

constexpr KernelTable kTable = generic::make_table<Portable>("portable");

}  // namespace

const KernelTable* portable_table() noexcept { return &kTable; }

}  // namespace bamboo
