// Attention of a group of query heads over one KV head's cache in f16 or int8, and the writes into
// the f16 one (quantized_kv.h has the others).
// Keys lie in blocks of 16 positions side by side, so a lane is a position and scores need no
// horizontal sums; keys and values are converted to float once for the whole group.
#ifndef BAMBOO_KERNELS_GENERIC_ATTENTION_H_
#define BAMBOO_KERNELS_GENERIC_ATTENTION_H_

#include "kernels/generic/inlining.h"
#include "kernels/generic/vector_exp.h"
#include "kernels/kernel_table.h"

namespace bamboo::generic {

inline constexpr int64_t kKeyBlock = 16;  // positions

// Pointers of one group of query heads; `stride` floats between the heads of q and out.
struct AttentionGroup {
  const float* q;
  int64_t stride;
  int64_t head_dim;
  int64_t n_positions;
  int64_t padded_positions;  // floats between the heads' rows of weights
  float* weights;            // [n_queries, padded_positions]: scores, then exp(score - maximum)
  float* out;
};

// How the elements of a cache become floats, and what a position's sums are multiplied with.
template <class Ops>
struct HalfKv {
  using View = KvHeadView;
  using Element = uint16_t;
  static BAMBOO_INLINE typename Ops::F load(const Element* p) { return Ops::load_f16(p); }
  static BAMBOO_INLINE typename Ops::F key_factor(const View&, int64_t, typename Ops::F scale) {
    return scale;
  }
  static BAMBOO_INLINE void weigh_values(const View&, int64_t, float*) {}
};

template <class Ops>
struct QuantizedKv {
  using View = QuantizedKvHeadView;
  using Element = int8_t;
  static BAMBOO_INLINE typename Ops::F load(const Element* p) { return Ops::load_i8(p); }
  static BAMBOO_INLINE typename Ops::F key_factor(const View& kv, int64_t p,
                                                  typename Ops::F scale) {
    return Ops::mul(Ops::load(kv.key_scales + p), scale);
  }
  // weights[p] *= the scale of position p's value, over whole blocks of positions.
  static BAMBOO_INLINE void weigh_values(const View& kv, int64_t padded, float* weights) {
    for (int64_t p = 0; p < padded; p += Ops::kLanes) {
      Ops::store(weights + p, Ops::mul(Ops::load(weights + p), Ops::load(kv.value_scales + p)));
    }
  }
};

// weights[j][p ..] = scale * q[j] . key[p ..] for kBlocks blocks of positions from p on.
template <class Ops, class Kv, int kQueries, int kBlocks>
BAMBOO_INLINE void score_blocks(const AttentionGroup& g, const typename Kv::View& kv, float scale,
                                int64_t p) {
  using F = typename Ops::F;
  constexpr int kBlockVectors = kKeyBlock / Ops::kLanes;
  constexpr int kVectors = kBlocks * kBlockVectors;
  const typename Kv::Element* block = kv.keys + p * g.head_dim;
  F sums[kQueries][kVectors];
  BAMBOO_UNROLL for (int j = 0; j < kQueries; ++j) {
    BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) sums[j][v] = Ops::zero();
  }
  for (int64_t d = 0; d < g.head_dim; ++d) {
    F key[kVectors];
    BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
      const int64_t row = v / kBlockVectors * g.head_dim + d;
      key[v] = Kv::load(block + row * kKeyBlock + v % kBlockVectors * Ops::kLanes);
    }
    BAMBOO_UNROLL for (int j = 0; j < kQueries; ++j) {
      const F q = Ops::set1(g.q[j * g.stride + d]);
      BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
        sums[j][v] = Ops::fma(key[v], q, sums[j][v]);
      }
    }
  }
  BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
    const F factor = Kv::key_factor(kv, p + v * Ops::kLanes, Ops::set1(scale));
    BAMBOO_UNROLL for (int j = 0; j < kQueries; ++j) {
      Ops::store(g.weights + j * g.padded_positions + p + v * Ops::kLanes,
                 Ops::mul(sums[j][v], factor));
    }
  }
}

// weights[j][p] = scale * q[j] . key[p]; lanes past the last position hold junk.
template <class Isa, class Kv, int kQueries>
BAMBOO_INLINE void attention_scores(const AttentionGroup& g, const typename Kv::View& kv,
                                    float scale) {
  using Ops = typename Isa::Ops;
  constexpr int64_t kPositions = Isa::kScoreBlocks * kKeyBlock;
  int64_t p = 0;
  for (; p + kPositions <= g.padded_positions; p += kPositions) {
    score_blocks<Ops, Kv, kQueries, Isa::kScoreBlocks>(g, kv, scale, p);
  }
  for (; p < g.padded_positions; p += kKeyBlock) {
    score_blocks<Ops, Kv, kQueries, 1>(g, kv, scale, p);
  }
}

// Replaces one head's scores by exp(score - maximum), junk by 0, and returns their sum.
template <class Ops>
BAMBOO_INLINE float attention_exponentials(float* weights, int64_t n_positions, int64_t padded) {
  using F = typename Ops::F;
  constexpr int kVectors = kKeyBlock / Ops::kLanes;
  const F lowest = Ops::set1(-__builtin_inff());
  F maxima[kVectors];
  F sums[kVectors];
  BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
    maxima[v] = lowest;
    sums[v] = Ops::zero();
  }
  const int64_t full = n_positions / kKeyBlock * kKeyBlock;
  if (full < padded) {
    for (int v = 0; v < kVectors; ++v) {
      float* p = weights + full + v * Ops::kLanes;
      Ops::store(p, Ops::first_lanes(Ops::load(p), n_positions - full - v * Ops::kLanes, lowest));
    }
  }
  for (int64_t p = 0; p < padded; p += kKeyBlock) {
    BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
      maxima[v] = Ops::max(Ops::load(weights + p + v * Ops::kLanes), maxima[v]);
    }
  }
  F maximum = maxima[0];
  for (int v = 1; v < kVectors; ++v) maximum = Ops::max(maximum, maxima[v]);
  const F shift = Ops::set1(Ops::reduce_max(maximum));
  for (int64_t p = 0; p < padded; p += kKeyBlock) {
    BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
      float* at = weights + p + v * Ops::kLanes;
      const F e = vector_exp<Ops>(Ops::sub(Ops::load(at), shift));
      sums[v] = Ops::add(sums[v], e);
      Ops::store(at, e);
    }
  }
  F sum = sums[0];
  for (int v = 1; v < kVectors; ++v) sum = Ops::add(sum, sums[v]);
  return Ops::reduce_add(sum);
}

// out[j][d .. d + kVectors lanes) = sum_p weights[j][p] * value[p] / totals[j], p ascending.
template <class Ops, class Kv, int kQueries, int kVectors>
BAMBOO_INLINE void attention_values(const AttentionGroup& g, const typename Kv::Element* values,
                                    int64_t d, const float* totals) {
  using F = typename Ops::F;
  F sums[kQueries][kVectors];
  BAMBOO_UNROLL for (int j = 0; j < kQueries; ++j) {
    BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) sums[j][v] = Ops::zero();
  }
  for (int64_t p = 0; p < g.n_positions; ++p) {
    F value[kVectors];
    BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
      value[v] = Kv::load(values + p * g.head_dim + d + v * Ops::kLanes);
    }
    BAMBOO_UNROLL for (int j = 0; j < kQueries; ++j) {
      const F weight = Ops::set1(g.weights[j * g.padded_positions + p]);
      BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
        sums[j][v] = Ops::fma(value[v], weight, sums[j][v]);
      }
    }
  }
  BAMBOO_UNROLL for (int j = 0; j < kQueries; ++j) {
    const F factor = Ops::set1(1.0f / totals[j]);
    BAMBOO_UNROLL for (int v = 0; v < kVectors; ++v) {
      Ops::store(g.out + j * g.stride + d + v * Ops::kLanes, Ops::mul(sums[j][v], factor));
    }
  }
}

template <class Isa, class Kv, int kQueries>
void attend_group(const AttentionGroup& g, const typename Kv::View& kv, float scale) {
  using Ops = typename Isa::Ops;
  attention_scores<Isa, Kv, kQueries>(g, kv, scale);
  float totals[kQueries];
  for (int j = 0; j < kQueries; ++j) {
    totals[j] = attention_exponentials<Ops>(g.weights + j * g.padded_positions, g.n_positions,
                                            g.padded_positions);
    Kv::weigh_values(kv, g.padded_positions, g.weights + j * g.padded_positions);
  }
  int64_t d = 0;
  constexpr int64_t kWide = Isa::kValueVectors * Ops::kLanes;
  for (; d + kWide <= g.head_dim; d += kWide) {
    attention_values<Ops, Kv, kQueries, Isa::kValueVectors>(g, kv.values, d, totals);
  }
  for (; d < g.head_dim; d += Ops::kLanes) {
    attention_values<Ops, Kv, kQueries, 1>(g, kv.values, d, totals);
  }
}

template <class Isa, class Kv>
void attend_cached(const typename Kv::View& kv, const float* q, int64_t n_queries, int64_t stride,
                   int64_t head_dim, int64_t n_positions, float scale, float* out, float* scratch) {
  const int64_t padded = (n_positions + kKeyBlock - 1) / kKeyBlock * kKeyBlock;
  for (int64_t j = 0; j < n_queries;) {
    const AttentionGroup g = {q + j * stride,       stride,          head_dim, n_positions, padded,
                              scratch + j * padded, out + j * stride};
    const int64_t left = n_queries - j;
    // 7 and 8 heads as 4 + 3 and 4 + 4: a group of 1 would convert the cache again for little.
    const int64_t n = left == 7 || left == 8 ? 4 : left < 6 ? left : 6;
    switch (n) {
      case 1:
        attend_group<Isa, Kv, 1>(g, kv, scale);
        break;
      case 2:
        attend_group<Isa, Kv, 2>(g, kv, scale);
        break;
      case 3:
        attend_group<Isa, Kv, 3>(g, kv, scale);
        break;
      case 4:
        attend_group<Isa, Kv, 4>(g, kv, scale);
        break;
      case 5:
        attend_group<Isa, Kv, 5>(g, kv, scale);
        break;
      default:
        attend_group<Isa, Kv, 6>(g, kv, scale);
        break;
    }
    j += n;
  }
}

template <class Isa>
void attend(const KvHeadView& kv, const float* q, int64_t n_queries, int64_t stride,
            int64_t head_dim, int64_t n_positions, float scale, float* out, float* scratch) {
  attend_cached<Isa, HalfKv<typename Isa::Ops>>(kv, q, n_queries, stride, head_dim, n_positions,
                                                scale, out, scratch);
}

template <class Isa>
void attend_quantized(const QuantizedKvHeadView& kv, const float* q, int64_t n_queries,
                      int64_t stride, int64_t head_dim, int64_t n_positions, float scale,
                      float* out, float* scratch) {
  attend_cached<Isa, QuantizedKv<typename Isa::Ops>>(kv, q, n_queries, stride, head_dim,
                                                     n_positions, scale, out, scratch);
}

template <class Isa>
void store_value(const float* value, int64_t head_dim, int64_t position, uint16_t* values) {
  using Ops = typename Isa::Ops;
  uint16_t* out = values + position * head_dim;
  int64_t d = 0;
  for (; d + Ops::kLanes <= head_dim; d += Ops::kLanes)
    Ops::store_f16(out + d, Ops::load(value + d));
  if (d < head_dim) {
    uint16_t tail[Ops::kLanes];
    Ops::store_f16(tail, Ops::load_n(value + d, head_dim - d));
    for (int64_t i = 0; d + i < head_dim; ++i) out[d + i] = tail[i];
  }
}

template <class Isa>
void store_key(const float* key, int64_t head_dim, int64_t position, uint16_t* keys) {
  using Ops = typename Isa::Ops;
  uint16_t* out = keys + position / kKeyBlock * kKeyBlock * head_dim + position % kKeyBlock;
  for (int64_t d = 0; d < head_dim; d += Ops::kLanes) {
    const int64_t n = head_dim - d < Ops::kLanes ? head_dim - d : int64_t{Ops::kLanes};
    uint16_t halves[Ops::kLanes];
    Ops::store_f16(halves, n < Ops::kLanes ? Ops::load_n(key + d, n) : Ops::load(key + d));
    for (int64_t i = 0; i < n; ++i) out[(d + i) * kKeyBlock] = halves[i];
  }
}

}  // namespace bamboo::generic

#endif  // BAMBOO_KERNELS_GENERIC_ATTENTION_H_
