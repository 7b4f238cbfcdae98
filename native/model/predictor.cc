#include "model/predictor.h"

#include <cmath>
#include <string>

#include "bamboo/error.h"
#include "kernels/dispatch.h"

namespace bamboo {
namespace {

// Predictors wider than the feed-forward block itself would cost more than they save.
constexpr int64_t kMaxRank = 1 << 16;

PredictorInput read_input(const GgufReader& file) {
  const auto input = file.optional_string("bamboo.predictor.input");
  if (!input.has_value()) {
    return file.powerinfer() ? PredictorInput::kResidual : PredictorInput::kNormed;
  }
  if (*input == "normed") return PredictorInput::kNormed;
  if (*input == "residual") return PredictorInput::kResidual;
  throw Error(ErrorCode::kMalformedMetadata, "bamboo.predictor.input is '" + std::string(*input) +
                                                 "': normed and residual are known");
}

// Our own key has one threshold a layer; PowerInfer's one for all.
void read_threshold(const GgufReader& file, const ModelConfig& config, int64_t layer,
                    Predictor& predictor) {
  predictor.threshold =
      static_cast<float>(file.optional_float("powerinfer.sparse_threshold").value_or(0.0));
  const GgufValue* own = file.find("bamboo.predictor.thresholds");
  if (own == nullptr) return;
  const auto* array = std::get_if<GgufArray>(own);
  const auto* values =
      array == nullptr ? nullptr : std::get_if<std::vector<double>>(&array->values);
  if (values == nullptr || static_cast<int64_t>(values->size()) != config.n_layers) {
    throw Error(ErrorCode::kMalformedMetadata,
                "bamboo.predictor.thresholds must be an array of one float a layer");
  }
  const double threshold = (*values)[static_cast<size_t>(layer)];
  if (!std::isfinite(threshold)) {
    throw Error(ErrorCode::kMalformedMetadata,
                "bamboo.predictor.thresholds holds a number that is not finite");
  }
  predictor.threshold = static_cast<float>(threshold);
  predictor.threshold_scales_with_input = predictor.input == PredictorInput::kResidual;
}

// blk.N.fc2.bias, a vector of one float a neuron.
std::vector<float> read_bias(const GgufReader& file, const std::string& prefix, int64_t d_ff) {
  const GgufTensor* tensor = file.find_tensor(prefix + "fc2.bias");
  if (tensor == nullptr) return {};
  if (tensor->rows() != 1 || tensor->cols() != d_ff) {
    throw Error(ErrorCode::kShapeMismatch,
                "the tensor " + prefix + "fc2.bias must have one number a neuron");
  }
  std::vector<float> bias(static_cast<size_t>(d_ff));
  kernels().dequantize_row(tensor->matrix(), 0, bias.data());
  return bias;
}

[[noreturn]] void wrong_shape(const std::string& prefix) {
  throw Error(ErrorCode::kShapeMismatch,
              "the predictor " + prefix + "fc1, " + prefix +
                  "fc2 does not fit the layer: its shapes must be [d_model, "
                  "rank] and [rank, d_ff]");
}

}  // namespace

float Predictor::score_unit(const float* residual, int64_t d_model) const {
  if (input == PredictorInput::kNormed) return 1.0f;
  double sum = 0;
  for (int64_t i = 0; i < d_model; ++i) {
    sum += static_cast<double>(residual[i]) * static_cast<double>(residual[i]);
  }
  return static_cast<float>(std::sqrt(sum / static_cast<double>(d_model)));
}

float Predictor::threshold_for(const float* residual, int64_t d_model) const {
  return threshold_scales_with_input ? threshold * score_unit(residual, d_model) : threshold;
}

Predictor read_predictor(const GgufReader& file, const ModelConfig& config, int64_t layer) {
  const std::string prefix = "blk." + std::to_string(layer) + ".";
  const GgufTensor* fc1 = file.find_tensor(prefix + "fc1.weight");
  const GgufTensor* fc2 = file.find_tensor(prefix + "fc2.weight");
  Predictor predictor;
  if (fc1 == nullptr && fc2 == nullptr) return predictor;
  if (fc1 == nullptr || fc2 == nullptr) {
    throw Error(ErrorCode::kMissingTensor, "the tensor " + prefix +
                                               (fc1 == nullptr ? "fc1" : "fc2") +
                                               ".weight is missing beside its other half");
  }
  const int64_t rank = fc1->rows();
  if (fc1->cols() != config.d_model || rank > kMaxRank || fc2->cols() != rank ||
      fc2->rows() != config.d_ff) {
    wrong_shape(prefix);
  }
  predictor.fc1 = fc1->matrix();
  predictor.fc2 = fc2->matrix();
  predictor.bias = read_bias(file, prefix, config.d_ff);
  predictor.input = read_input(file);
  read_threshold(file, config, layer, predictor);
  return predictor;
}

}  // namespace bamboo
