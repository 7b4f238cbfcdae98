// Model folders that cannot be converted: the error names the file, tensor or key, and no output is
// left behind.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "bamboo/convert.h"
#include "hf_folder.h"

namespace bamboo {
namespace {

const std::string kGate = "model.layers.1.mlp.gate_proj.weight";

void expect_refused(const HfFolder& model, ErrorCode code, const std::vector<std::string>& words,
                    const ConvertOptions& options = lossless()) {
  expect_error(code, words, [&] { model.convert(options); });
  for (const std::string& name : model.folder.file_names()) {
    EXPECT_EQ(name.find("out.gguf"), std::string::npos) << "left behind: " << name;
  }
}

TEST(ConvertErrors, UnknownOptionsAreNamed) {
  const HfFolder model;
  for (std::string ConvertOptions::*member :
       {&ConvertOptions::attention_type, &ConvertOptions::embedding_type, &ConvertOptions::ffn_type,
        &ConvertOptions::predictor_type}) {
    for (const char* type : {"q6_k", "int4", "", "F16"}) {
      ConvertOptions options = lossless();
      options.*member = type;
      expect_refused(model, ErrorCode::kInvalidArgument,
                     {std::string("'").append(type).append("'")}, options);
    }
  }
  ConvertOptions options = lossless();
  options.format = "onnx";
  expect_refused(model, ErrorCode::kInvalidArgument, {"onnx"}, options);
}

TEST(ConvertErrors, MissingFilesAreNamed) {
  HfFolder model;
  model.weights.clear();
  expect_refused(model, ErrorCode::kFileNotFound, {"model.safetensors"});
  ConvertOptions options = lossless();
  options.input = model.folder.file("nowhere");
  options.output = model.folder.file("out.gguf");
  expect_error(ErrorCode::kFileNotFound, {"nowhere"}, [&] { convert(options, nullptr); });
}

TEST(ConvertErrors, MissingTensorsAreNamed) {
  const HfFolder complete;
  for (const auto& entry : complete.weights) {
    HfFolder model;
    model.weights.erase(entry.first);
    expect_refused(model, ErrorCode::kMissingTensor, {entry.first});
  }
  HfFolder untied;
  untied.config["tie_word_embeddings"] = "false";
  expect_refused(untied, ErrorCode::kMissingTensor, {"lm_head.weight"});
  HfFolder half_a_predictor;
  half_a_predictor.predictors.erase("blk.0.fc2");
  expect_refused(half_a_predictor, ErrorCode::kMissingTensor, {"blk.0.fc2"});
  HfFolder other_half;
  other_half.predictors.erase("blk.0.fc1");
  expect_refused(other_half, ErrorCode::kMissingTensor, {"blk.0.fc1"});
}

TEST(ConvertErrors, WrongShapesAreNamed) {
  const HfFolder complete;
  for (const auto& entry : complete.weights) {
    HfFolder model;
    HfTensor& tensor = model.weights[entry.first];
    tensor.shape.insert(tensor.shape.begin(), 1);
    expect_refused(model, ErrorCode::kShapeMismatch, {entry.first});
  }
  HfFolder transposed;
  std::reverse(transposed.weights[kGate].shape.begin(), transposed.weights[kGate].shape.end());
  expect_refused(transposed, ErrorCode::kShapeMismatch, {kGate, "[64, 96]", "[96, 64]"});
  for (const char* name : {"blk.0.fc1", "blk.0.fc2", "blk.0.activation"}) {
    HfFolder model;
    model.predictors[name] = model.random_tensor("F16", {7, 9});
    expect_refused(model, ErrorCode::kShapeMismatch, {name});
  }
  HfFolder importance;
  importance.importance["blk.0.attn_in"] = importance.random_tensor("F32", {63});
  expect_refused(importance, ErrorCode::kShapeMismatch, {"blk.0.attn_in"});
}

TEST(ConvertErrors, TensorsWithoutAPlaceAreNotDroppedSilently) {
  HfFolder model;
  model.weights["model.layers.0.self_attn.q_proj.bias"] = model.random_tensor("BF16", {64});
  expect_refused(model, ErrorCode::kMalformedTensor, {"q_proj.bias"});
  HfFolder harmless;
  harmless.weights["model.layers.0.self_attn.rotary_emb.inv_freq"] =
      harmless.random_tensor("F32", {16});
  harmless.weights["lm_head.weight"] = harmless.random_tensor("BF16", {40, 64});
  EXPECT_NO_THROW(harmless.convert(lossless()));
}

TEST(ConvertErrors, ValuesThatCannotBeStoredAreNamed) {
  for (const float value : {NAN, INFINITY, -INFINITY}) {
    HfFolder model;
    model.weights[kGate].values[100] = value;
    expect_refused(model, ErrorCode::kMalformedTensor, {"blk.1.ffn_gate.weight", "finite"});
  }
  HfFolder large;
  large.weights[kGate].values[100] = 131072.0f;
  ConvertOptions options = lossless();
  EXPECT_NO_THROW(large.convert(options));
  std::filesystem::remove(large.folder.file("out.gguf"));
  options.ffn_type = "f16";
  expect_refused(large, ErrorCode::kMalformedTensor, {"blk.1.ffn_gate.weight", "f16"}, options);
  HfFolder importance;
  importance.importance["blk.0.ffn_in"] =
      importance.random_tensor("F32", {64});  // has negative values
  expect_refused(importance, ErrorCode::kMalformedTensor, {"blk.0.ffn_in"});
}

TEST(ConvertErrors, RowsThatDoNotDivideIntoBlocksAreNamed) {
  HfFolder model;
  model.predictors["blk.0.fc1"] = model.random_tensor("F16", {40, 64});
  model.predictors["blk.0.fc2"] = model.random_tensor("F16", {96, 40});
  EXPECT_NO_THROW(model.convert(lossless()));
  std::filesystem::remove(model.folder.file("out.gguf"));
  ConvertOptions options = lossless();
  options.predictor_type = "q8_0";
  expect_refused(model, ErrorCode::kShapeMismatch, {"blk.0.fc2.weight", "q8_0"}, options);
}

TEST(ConvertErrors, UnsupportedConfigsAreNamed) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"model_type", "\"gpt2\""},       {"hidden_act", "\"silu\""},
      {"attention_bias", "true"},       {"rope_scaling", R"({"type":"linear","factor":2.0})"},
      {"partial_rotary_factor", "0.5"}, {"rope_parameters", R"({"rope_type":"yarn"})"}};
  for (const auto& [key, value] : changes) {
    HfFolder model;
    model.config[key] = value;
    expect_refused(model, ErrorCode::kUnsupportedArchitecture, {"config.json"});
  }
  HfFolder modern;
  modern.config.erase("rope_theta");
  modern.config["rope_parameters"] = R"({"rope_type":"default","rope_theta":500000.0})";
  EXPECT_EQ(modern.convert(lossless())->require_float("bamboo.rope.freq_base"), 500000.0);
}

TEST(ConvertErrors, MalformedConfigsAreNamed) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"hidden_size", "0"},
      {"hidden_size", "\"64\""},
      {"intermediate_size", "-1"},
      {"num_hidden_layers", "1e3"},
      {"num_attention_heads", "99999"},
      {"num_key_value_heads", "3"},
      {"head_dim", "31"},
      {"vocab_size", "1.5"},
      {"rms_norm_eps", "0.0"},
      {"rope_theta", "-1.0"},
      {"tie_word_embeddings", "1"},
      {"eos_token_id", "40"}};
  for (const auto& [key, value] : changes) {
    HfFolder model;
    model.config[key] = value;
    expect_refused(model, ErrorCode::kMalformedMetadata, {"config.json", key});
  }
  for (const char* key :
       {"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
        "vocab_size", "max_position_embeddings", "rms_norm_eps"}) {
    HfFolder model;
    model.config.erase(key);
    expect_refused(model, ErrorCode::kMissingMetadata, {"config.json", key});
  }
  const HfFolder model;
  model.write();
  model.folder.write("config.json", "{\"model_type\": ");
  expect_error(ErrorCode::kMalformedMetadata, {"config.json"},
               [&] { convert(model.with_paths(lossless()), nullptr); });
}

TEST(ConvertErrors, ATokenizerOfAnotherModelIsRefused) {
  const HfFolder model;
  model.folder.write("tokenizer.json",
                     R"({"decoder":{"type":"ByteLevel"},"model":{"vocab":{"a":40},"merges":[]}})");
  expect_refused(model, ErrorCode::kMalformedMetadata, {"tokenizer.json", "vocabulary"});
  model.folder.write(
      "tokenizer.json",
      R"({"decoder":{"type":"ByteLevel"},"model":{"vocab":{"a":1,"b":1},"merges":[]}})");
  expect_refused(model, ErrorCode::kMalformedMetadata, {"tokenizer.json", "two tokens"});
  model.folder.write("tokenizer.json",
                     R"({"decoder":{"type":"ByteLevel"},"model":{"vocab":{"a":1},"merges":[3]}})");
  expect_refused(model, ErrorCode::kMalformedMetadata, {"tokenizer.json", "merge"});
}

}  // namespace
}  // namespace bamboo
