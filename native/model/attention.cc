// The attention block: projections, rotation, KV cache, grouped-query attention, output projection.
#include <algorithm>
#include <cmath>

#include "model/projection.h"
#include "model/transformer.h"

namespace bamboo {
namespace {

// Rotates q and k of the chunk and writes k and v into the cache.
void rotate_and_store(const ForwardContext& c, int64_t layer, int64_t first, int64_t n_tokens) {
  const ModelConfig& m = c.config;
  c.pool.for_each(n_tokens, 16, [&](int64_t begin, int64_t end, int) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t position = first + t;
      const float* cosines = c.rope.cosines(position);
      const float* sines = c.rope.sines(position);
      float* k = c.act.k.data() + t * m.kv_width();
      const float* v = c.act.v.data() + t * m.kv_width();
      c.kernels.rope(c.act.q.data() + t * m.q_width(), m.n_heads, m.head_dim, m.rotary_dim, cosines,
                     sines, m.rope_layout);
      c.kernels.rope(k, m.n_kv_heads, m.head_dim, m.rotary_dim, cosines, sines, m.rope_layout);
      for (int64_t head = 0; head < m.n_kv_heads; ++head) {
        c.cache.store(c.kernels, layer, head, position, k + head * m.head_dim,
                      v + head * m.head_dim);
      }
    }
  });
}

// Each (token, KV head) is one item: its query heads share the keys and values they read.
void attend(const ForwardContext& c, int64_t layer, int64_t first, int64_t n_tokens) {
  const ModelConfig& m = c.config;
  const int64_t group = m.n_heads / m.n_kv_heads;
  const float scale = 1.0f / std::sqrt(static_cast<float>(m.head_dim));
  c.pool.for_each(n_tokens * m.n_kv_heads, 1, [&](int64_t item, int64_t, int thread) {
    const int64_t t = item / m.n_kv_heads;
    const int64_t head = item % m.n_kv_heads;
    const int64_t offset = t * m.q_width() + head * group * m.head_dim;
    c.cache.attend(c.kernels, layer, head,
                   {c.act.q.data() + offset, group, first + t + 1, scale,
                    c.act.attended.data() + offset, c.act.thread_scratch(thread)});
  });
}

}  // namespace

void attention_block(const ForwardContext& c, const LayerWeights& w, int64_t layer, int64_t first,
                     int64_t n_tokens) {
  const ModelConfig& m = c.config;
  const ActivationView x = norm_and_pack(c, w.attn_norm.data(), n_tokens);
  project(c, x, {{&w.q, c.act.q.data()}, {&w.k, c.act.k.data()}, {&w.v, c.act.v.data()}});
  rotate_and_store(c, layer, first, n_tokens);
  attend(c, layer, first, n_tokens);
  const ActivationView attended = pack_input(c, c.act.attended.data(), n_tokens, m.q_width());
  project(c, attended, {{&w.attn_output, c.act.projected.data()}});
  c.kernels.add(c.act.projected.data(), n_tokens * m.d_model, c.act.residual.data());
}

}  // namespace bamboo
