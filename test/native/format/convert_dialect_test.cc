// Conversion to PowerInfer's dialect, and of Llama models.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "bamboo/convert.h"
#include "hf_folder.h"

namespace bamboo {
namespace {

ConvertOptions powerinfer(const std::string& type = "f16") {
  ConvertOptions options;
  options.format = "powerinfer";
  options.attention_type = options.embedding_type = options.ffn_type = options.predictor_type =
      type;
  return options;
}

void make_llama(HfFolder& model, const std::string& hidden_act) {
  model.config["model_type"] = "\"llama\"";
  model.config["hidden_act"] = "\"" + hidden_act + "\"";
}

TEST(ConvertPowerInfer, WritesTheDialect) {
  const HfFolder model;
  const auto reader = model.convert(powerinfer());
  EXPECT_TRUE(reader->powerinfer());
  EXPECT_EQ(reader->require_float("powerinfer.sparse_threshold"), 0.0);
  EXPECT_EQ(reader->require_string("bamboo.predictor.input"), "residual");
  for (const GgufTensor& tensor : reader->tensors()) {
    EXPECT_EQ(tensor.dtype, tensor.shape.size() == 1 ? DType::kF32 : DType::kF16) << tensor.name;
    EXPECT_EQ(tensor.name.find("ffn_activation"), std::string_view::npos)
        << "its loader refuses unknown tensors";
  }
  EXPECT_NE(reader->find_tensor("blk.0.ffn_down_t.weight"), nullptr);
  EXPECT_EQ(values_of(*reader, "output.weight"), values_of(*reader, "token_embd.weight"))
      << "tied, but written out";
}

TEST(ConvertPowerInfer, FoldsTheNormIntoThePredictor) {
  const HfFolder model;
  const auto reader = model.convert(powerinfer("f16"));
  const std::vector<float> folded = values_of(*reader, "blk.1.fc1.weight");
  const HfTensor& fc1 = model.predictors.at("blk.1.fc1");
  const HfTensor& norm = model.weight(1, "post_attention_layernorm");
  for (int64_t r = 0; r < 64; ++r) {
    for (int64_t c = 0; c < 64; ++c) {
      const float product = fc1.at(r, c) * norm.values[static_cast<size_t>(c)];
      // Rounded once to f16: half of its 11-bit unit in the last place, or of the least subnormal.
      const float tolerance = std::max(std::fabs(product) * 0x1p-11f, 0x1p-25f);
      EXPECT_NEAR(folded[static_cast<size_t>(r * 64 + c)], product, tolerance);
    }
  }
  EXPECT_EQ(values_of(*reader, "blk.1.fc2.weight"), model.predictors.at("blk.1.fc2").values);
}

// Scores fc2 . relu(fc1 . x) in double.
std::vector<double> scores(const std::vector<float>& fc1, const std::vector<float>& fc2,
                           const std::vector<double>& x) {
  const size_t rank = fc1.size() / x.size();
  std::vector<double> hidden(rank, 0.0);
  for (size_t r = 0; r < rank; ++r) {
    for (size_t c = 0; c < x.size(); ++c) hidden[r] += fc1[r * x.size() + c] * x[c];
    hidden[r] = std::max(hidden[r], 0.0);
  }
  std::vector<double> out(fc2.size() / rank, 0.0);
  for (size_t n = 0; n < out.size(); ++n) {
    for (size_t r = 0; r < rank; ++r) out[n] += fc2[n * rank + r] * hidden[r];
  }
  return out;
}

TEST(ConvertPowerInfer, FoldedPredictorChoosesTheSameNeurons) {
  HfFolder model;
  const auto normed = model.convert(lossless());
  const std::vector<float> fc1 = values_of(*normed, "blk.0.fc1.weight");
  const std::vector<float> fc2 = values_of(*normed, "blk.0.fc2.weight");
  const auto residual = model.convert(powerinfer());
  const std::vector<float> folded_fc1 = values_of(*residual, "blk.0.fc1.weight");
  const HfTensor& norm = model.weight(0, "post_attention_layernorm");
  std::vector<double> x(64), z(64);
  std::normal_distribution<double> normal;
  double mean_square = 0;
  for (double& value : x) {
    value = 3 * normal(model.random);
    mean_square += value * value / 64;
  }
  for (size_t c = 0; c < 64; ++c) z[c] = x[c] / std::sqrt(mean_square) * norm.values[c];
  const std::vector<double> expected = scores(fc1, fc2, z);
  const std::vector<double> actual = scores(folded_fc1, fc2, x);
  for (size_t n = 0; n < expected.size(); ++n) {
    // Scores grow with the size of the residual; f16 rounding of the folded weights is a few parts
    // in a thousand.
    EXPECT_NEAR(actual[n] / std::sqrt(mean_square), expected[n], 0.02);
    if (std::fabs(expected[n]) > 0.02) {
      EXPECT_EQ(actual[n] > 0, expected[n] > 0) << n;
    }
  }
}

TEST(ConvertPowerInfer, Q4CoversEveryMatrix) {
  const HfFolder model;
  const auto reader = model.convert(powerinfer("q4_0"));
  for (const GgufTensor& tensor : reader->tensors()) {
    EXPECT_EQ(tensor.dtype, tensor.shape.size() == 1 ? DType::kF32 : DType::kQ4_0) << tensor.name;
  }
  EXPECT_EQ(reader->require_uint("general.file_type", 0, 100), 2u);
}

TEST(ConvertPowerInfer, RefusesWhatTheDialectCannotHold) {
  HfFolder model;
  for (const char* type : {"q8_0", "q5_0", "bf16", "f32"}) {
    ConvertOptions options = powerinfer();
    options.ffn_type = type;
    expect_error(ErrorCode::kInvalidArgument, {"feed-forward"}, [&] { model.convert(options); });
  }
  ConvertOptions options = powerinfer();
  options.attention_type = "bf16";
  expect_error(ErrorCode::kInvalidArgument, {"bf16"}, [&] { model.convert(options); });

  model.predictors["thresholds"] = {"F32", {2}, {0.0f, 0.5f}};
  expect_error(ErrorCode::kInvalidArgument, {"thresholds"}, [&] { model.convert(powerinfer()); });
  model.predictors.erase("thresholds");
  model.predictors.erase("blk.1.fc1");
  expect_error(ErrorCode::kMissingTensor, {"blk.1.fc1", "every layer"},
               [&] { model.convert(powerinfer()); });

  HfFolder silu;
  make_llama(silu, "silu");
  expect_error(ErrorCode::kUnsupportedArchitecture, {"silu"}, [&] { silu.convert(powerinfer()); });
}

TEST(ConvertLlama, NamesItsActivation) {
  for (const char* hidden_act : {"silu", "relu"}) {
    HfFolder model;
    make_llama(model, hidden_act);
    model.predictors.clear();
    model.config["tie_word_embeddings"] = "false";
    model.weights["lm_head.weight"] = model.random_tensor("BF16", {40, 64});
    const auto reader = model.convert(lossless());
    EXPECT_EQ(reader->require_string("general.architecture"), "llama");
    EXPECT_EQ(reader->require_string("llama.hidden_act"), hidden_act);
    EXPECT_EQ(reader->require_uint("llama.embedding_length", 0, 100), 64u);
    EXPECT_EQ(values_of(*reader, "output.weight"), model.weights.at("lm_head.weight").values);
  }
}

TEST(ConvertLlama, FillsInWhatOlderConfigsLeaveOut) {
  HfFolder model;
  make_llama(model, "silu");
  for (const char* key : {"head_dim", "rope_theta", "hidden_act", "bos_token_id", "eos_token_id"})
    model.config.erase(key);
  model.config["sliding_window"] = "96";
  const auto reader = model.convert(lossless());
  EXPECT_EQ(reader->require_uint("llama.attention.key_length", 0, 100), 32u);
  EXPECT_EQ(reader->require_float("llama.rope.freq_base"), 10000.0);
  EXPECT_EQ(reader->require_string("llama.hidden_act"), "silu");
  EXPECT_EQ(reader->require_uint("llama.context_length", 0, 1000), 96u)
      << "attention is full only inside the window";
}

}  // namespace
}  // namespace bamboo
