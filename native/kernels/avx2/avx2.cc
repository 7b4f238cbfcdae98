// The AVX2 kernel table. Compiled with AVX2, FMA and F16C: exports nothing but the table.
#include "kernels/avx2/avx2_formats.h"
#include "kernels/generic/table.h"
#include "kernels/isa_tables.h"

namespace bamboo {
namespace {

struct Avx2 {
  using Ops = Avx2Ops;
  using QuantStep = Avx2QuantStep;
  template <DType kType>
  using Format = Avx2Format<kType, is_quantized(kType)>;

  // 8 lane sums, 4 registers of activations, 3 of weights and a product: 16 registers.
  static constexpr int kTileRows = 4;
  static constexpr int kTileVectors = 2;
  static constexpr int kStreamVectors = 6;
  static constexpr int kGatherRows = 2;
  static constexpr int kScoreBlocks = 1;
  static constexpr int kValueVectors = 2;

  template <int kRows, int kVectors>
  static BAMBOO_INLINE void reduce_tile(const __m256 (&sums)[kRows][kVectors],
                                        float (&out)[kVectors][kRows]) {
    BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) {
      BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) out[t][r] = Ops::reduce_add(sums[r][t]);
    }
  }
};

constexpr KernelTable kTable = generic::make_table<Avx2>("avx2");

}  // namespace

const KernelTable* avx2_table() noexcept { return &kTable; }

}  // namespace bamboo
