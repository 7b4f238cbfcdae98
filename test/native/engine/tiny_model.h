// Writes small random models for tests, through the project's own GGUF writer.
#ifndef BAMBOO_TEST_TINY_MODEL_H_
#define BAMBOO_TEST_TINY_MODEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/dtype.h"

namespace bamboo::test {

struct TinyModel {
  std::string architecture = "bamboo";
  std::string hidden_act;  // "" = no key
  DType dtype = DType::kQ8_0;
  bool neuron_major_down = true;
  bool tied = true;
  std::string rope_layout;  // "" = no key
  int64_t d_model = 96;
  int64_t d_ff = 224;
  int64_t n_layers = 2;
  int64_t n_heads = 6;
  int64_t n_kv_heads = 2;
  int64_t vocab_size = 131;
  int64_t context_length = 256;
  uint64_t seed = 1;
  int64_t predictor_rank = 0;     // 0 = no predictors
  std::vector<float> thresholds;  // "bamboo.predictor.thresholds"; empty = no key
  std::string predictor_input;    // "" = no key
  float predictor_bias = 0;       // of every neuron; 0 = no bias tensor
  bool half_a_predictor = false;  // fc1 without fc2
  std::string extra_tensor;       // "" = none; else a [d_model] f32 tensor of this name
};

// Two layers with predictors of rank 64.
TinyModel with_predictors(float threshold, const std::string& input = "normed");

// Writes the model into the test's temporary folder and returns its path.
std::string write_tiny_model(const TinyModel& model);

}  // namespace bamboo::test

#endif  // BAMBOO_TEST_TINY_MODEL_H_
