// The tile registers of hardware_tiles.h in memory, with AVX-512 for the products: what an AMX CPU
// computes, on CPUs without it. For tests and for looking into a report from such a machine.
#ifndef BAMBOO_KERNELS_AMX_EMULATED_TILES_H_
#define BAMBOO_KERNELS_AMX_EMULATED_TILES_H_

#include <immintrin.h>

#include <cstdint>

#include "kernels/generic/inlining.h"

namespace bamboo {
namespace {

class EmulatedTiles {
 public:
  void configure(const uint8_t (&rows)[8]) {
    for (int i = 0; i < 8; ++i) rows_[i] = rows[i];
    __builtin_memset(tiles_, 0, sizeof(tiles_));
  }
  void release() {}
  template <int kTile>
  void zero() {
    __builtin_memset(tiles_[kTile], 0, sizeof(tiles_[kTile]));
  }
  template <int kTile>
  void load(const void* p, int64_t stride) {
    const auto* bytes = static_cast<const uint8_t*>(p);
    for (int r = 0; r < rows_[kTile]; ++r) {
      __builtin_memcpy(tiles_[kTile] + 16 * r, bytes + r * stride, 64);
    }
  }
  template <int kTile>
  void store(void* p, int64_t stride) {
    auto* bytes = static_cast<uint8_t*>(p);
    for (int r = 0; r < rows_[kTile]; ++r) {
      __builtin_memcpy(bytes + r * stride, tiles_[kTile] + 16 * r, 64);
    }
  }
  void multiply_upper() {
    multiply(0, 4, 6);
    multiply(1, 4, 7);
  }
  void multiply_lower() {
    multiply(2, 5, 6);
    multiply(3, 5, 7);
  }

 private:
  static __m512 even(__m512i pairs) { return _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16)); }
  static __m512 odd(__m512i pairs) {
    return _mm512_castsi512_ps(
        _mm512_and_si512(pairs, _mm512_set1_epi32(static_cast<int>(0xffff0000u))));
  }

  // Intel SDM, TDPBF16PS: the even and the odd elements of a row are summed apart by fused
  // multiply-adds, from zero; then both are added, then that to the sum. (The instruction also
  // takes subnormal numbers as zero, which this does not.)
  void multiply(int sum, int a, int b) {
    for (int m = 0; m < rows_[sum]; ++m) {
      __m512 evens = _mm512_setzero_ps();
      __m512 odds = _mm512_setzero_ps();
      for (int k = 0; k < 16; ++k) {
        const __m512i x = _mm512_set1_epi32(tiles_[a][16 * m + k]);
        const __m512i w = _mm512_load_si512(tiles_[b] + 16 * k);
        evens = _mm512_fmadd_ps(even(x), even(w), evens);
        odds = _mm512_fmadd_ps(odd(x), odd(w), odds);
      }
      auto* out = reinterpret_cast<float*>(tiles_[sum] + 16 * m);
      _mm512_store_ps(out, _mm512_add_ps(_mm512_load_ps(out), _mm512_add_ps(evens, odds)));
    }
  }

  alignas(64) int32_t tiles_[8][16 * 16];
  uint8_t rows_[8];
};

}  // namespace
}  // namespace bamboo

#endif  // BAMBOO_KERNELS_AMX_EMULATED_TILES_H_
