// The AVX-512 VNNI kernel table (Cascade Lake, Zen 4 and later). Exports nothing but the table.
#include "kernels/avx512vnni/avx512vnni_formats.h"
#include "kernels/generic/table.h"
#include "kernels/isa_tables.h"

namespace bamboo {
namespace {

struct Avx512Vnni {
  using Ops = Avx512Ops;
  using QuantStep = Avx512QuantStep;
  template <DType kType>
  using Format = Avx512Format<kType, is_quantized(kType)>;

  // 16 lane sums, 8 registers of activations, 3 of weights and a few products: under 32 registers.
  static constexpr int kTileRows = 4;
  static constexpr int kTileVectors = 4;
  static constexpr int kStreamVectors = 8;
  static constexpr int kGatherRows = 2;
  static constexpr int kScoreBlocks = 2;
  static constexpr int kValueVectors = 4;

  template <int kRows, int kVectors>
  static BAMBOO_INLINE void reduce_tile(const __m512 (&sums)[kRows][kVectors],
                                        float (&out)[kVectors][kRows]) {
    if constexpr (kRows == 4 && kVectors == 4) {
      __m512 chunks[4];
      BAMBOO_UNROLL for (int r = 0; r < 4; ++r) {
        chunks[r] = Ops::fold_to_chunks(sums[r][0], sums[r][1], sums[r][2], sums[r][3]);
      }
      _mm512_storeu_ps(&out[0][0], Ops::fold_chunks(chunks[0], chunks[1], chunks[2], chunks[3]));
    } else {
      BAMBOO_UNROLL for (int r = 0; r < kRows; ++r) {
        BAMBOO_UNROLL for (int t = 0; t < kVectors; ++t) out[t][r] = Ops::reduce_add(sums[r][t]);
      }
    }
  }
};

constexpr KernelTable kTable = generic::make_table<Avx512Vnni>("avx512vnni");

}  // namespace

const KernelTable* avx512vnni_table() noexcept { return &kTable; }

}  // namespace bamboo
