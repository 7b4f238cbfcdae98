// The scores of a layer's predictor (predictor.h has the formula) for one or more decoded tokens.
#include <algorithm>

#include "model/feed_forward.h"
#include "model/parallel_matmul.h"

namespace bamboo {

void predict_scores(const ForwardContext& c, const Predictor& p, const ActivationView& normed,
                    float* scores) {
  const int64_t n = normed.n;
  uint8_t* packed = c.act.predictor_packed.data();
  float* hidden = c.act.predictor_hidden.data();
  const ActivationView x =
      p.input == PredictorInput::kResidual
          ? pack(c.kernels, c.pool, c.act.residual.data(), n, c.config.d_model, packed)
          : normed;
  parallel_matmul(c.kernels, c.pool, x, {{&p.fc1, hidden}});
  std::transform(hidden, hidden + n * p.rank(), hidden,
                 [](float value) { return value > 0.0f ? value : 0.0f; });
  const ActivationView h = pack(c.kernels, c.pool, hidden, n, p.rank(), packed);
  parallel_matmul(c.kernels, c.pool, h, {{&p.fc2, scores}});
  if (p.bias.empty()) return;
  for (int64_t t = 0; t < n; ++t) {
    c.kernels.add(p.bias.data(), c.config.d_ff, scores + t * c.config.d_ff);
  }
}

}  // namespace bamboo
