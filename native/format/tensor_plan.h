// Decides which tensors a converted file holds, their types, and how each row is made from the
// source: permuted, transposed, scaled. It reads no tensor data itself; convert runs the plan row
// by row.
#ifndef BAMBOO_FORMAT_TENSOR_PLAN_H_
#define BAMBOO_FORMAT_TENSOR_PLAN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "format/hf_config.h"
#include "format/model_folder.h"
#include "tensor/dtype.h"

namespace bamboo {

struct TensorTypes {
  DType attention = DType::kF16;
  DType embedding = DType::kF16;
  DType ffn = DType::kF16;
  DType predictor = DType::kF16;
};

struct PlannedTensor {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<int64_t> shape;  // GGUF order: shape[0] is the row's length
  std::function<void(int64_t row, float* out)> read_row;
  std::shared_ptr<const std::vector<float>> importance;  // [shape[0]] or null

  int64_t cols() const { return shape[0]; }
  int64_t rows() const { return shape.size() == 1 ? 1 : shape[1]; }
};

struct TensorPlan {
  std::vector<PlannedTensor> tensors;
  std::vector<float> predictor_thresholds;  // [n_layers], or empty: 0 everywhere
  bool has_predictors = false;
};

// `powerinfer` asks for PowerInfer's dialect: predictors in every layer, fc1 with the norm's weight
// folded in, an output matrix even when it is tied. The plan reads from `folder`, which must
// outlive it. Throws Error: missing-tensor, shape-mismatch, malformed-tensor.
TensorPlan plan_tensors(const HfConfig& config, const TensorTypes& types, bool powerinfer,
                        ModelFolder& folder);

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_TENSOR_PLAN_H_
