// Conversion to our own form: every tensor and key by value, from a tiny random model.
#include "bamboo/convert.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hf_folder.h"

namespace bamboo {
namespace {

using Strings = std::vector<std::string_view>;

TEST(Convert, CopiesPlainMatricesNormsAndEmbedding) {
  const HfFolder model;
  const auto reader = model.convert(lossless());
  EXPECT_FALSE(reader->powerinfer());
  EXPECT_EQ(reader->find_tensor("token_embd.weight")->shape, (std::vector<int64_t>{64, 40}));
  EXPECT_EQ(values_of(*reader, "token_embd.weight"),
            model.weights.at("model.embed_tokens.weight").values);
  EXPECT_EQ(values_of(*reader, "output_norm.weight"), model.weights.at("model.norm.weight").values);
  EXPECT_EQ(reader->find_tensor("output.weight"), nullptr) << "tied embeddings are stored once";
  for (int64_t layer = 0; layer < 2; ++layer) {
    const std::string block = "blk." + std::to_string(layer) + ".";
    EXPECT_EQ(values_of(*reader, block + "attn_norm.weight"),
              model.weight(layer, "input_layernorm").values);
    EXPECT_EQ(values_of(*reader, block + "ffn_norm.weight"),
              model.weight(layer, "post_attention_layernorm").values);
    EXPECT_EQ(values_of(*reader, block + "attn_v.weight"),
              model.weight(layer, "self_attn.v_proj").values);
    EXPECT_EQ(values_of(*reader, block + "attn_output.weight"),
              model.weight(layer, "self_attn.o_proj").values);
    EXPECT_EQ(values_of(*reader, block + "ffn_gate.weight"),
              model.weight(layer, "mlp.gate_proj").values);
    EXPECT_EQ(values_of(*reader, block + "ffn_up.weight"),
              model.weight(layer, "mlp.up_proj").values);
  }
  EXPECT_EQ(reader->tensors().size(), 2u + 2 * 12);
}

TEST(Convert, StoresTheDownProjectionNeuronMajor) {
  const HfFolder model;
  const auto reader = model.convert(lossless());
  EXPECT_EQ(reader->find_tensor("blk.1.ffn_down_t.weight")->shape, (std::vector<int64_t>{64, 96}));
  const std::vector<float> down_t = values_of(*reader, "blk.1.ffn_down_t.weight");
  const HfTensor& down = model.weight(1, "mlp.down_proj");
  for (int64_t neuron = 0; neuron < 96; ++neuron) {
    for (int64_t c = 0; c < 64; ++c)
      EXPECT_EQ(down_t[static_cast<size_t>(neuron * 64 + c)], down.at(c, neuron));
  }
  EXPECT_EQ(reader->find_tensor("blk.1.ffn_down.weight"), nullptr);
}

TEST(Convert, InterleavesTheHalvesOfEachQueryAndKeyHead) {
  const HfFolder model;
  const auto reader = model.convert(lossless());
  const auto check = [&](const std::string& name, const HfTensor& source) {
    const std::vector<float> rows = values_of(*reader, name);
    for (int64_t head = 0; head < source.shape[0] / 32; ++head) {
      for (int64_t i = 0; i < 16; ++i) {
        for (int64_t c = 0; c < 64; ++c) {
          EXPECT_EQ(rows[static_cast<size_t>((head * 32 + 2 * i) * 64 + c)],
                    source.at(head * 32 + i, c));
          EXPECT_EQ(rows[static_cast<size_t>((head * 32 + 2 * i + 1) * 64 + c)],
                    source.at(head * 32 + i + 16, c));
        }
      }
    }
  };
  check("blk.0.attn_q.weight", model.weight(0, "self_attn.q_proj"));
  check("blk.1.attn_k.weight", model.weight(1, "self_attn.k_proj"));
}

// Rotates pairs (a, b) of one head at a position; `adjacent` chooses (2i, 2i+1) instead of (i, i +
// 16).
std::vector<double> rotate(const std::vector<double>& head, int position, bool adjacent) {
  std::vector<double> out(32);
  for (size_t i = 0; i < 16; ++i) {
    const size_t a = adjacent ? 2 * i : i;
    const size_t b = adjacent ? 2 * i + 1 : i + 16;
    const double angle = position * std::pow(10000.0, -static_cast<double>(i) / 16);
    out[a] = head[a] * std::cos(angle) - head[b] * std::sin(angle);
    out[b] = head[b] * std::cos(angle) + head[a] * std::sin(angle);
  }
  return out;
}

std::vector<double> first_head(const std::vector<float>& matrix, const std::vector<double>& x) {
  std::vector<double> out(32, 0.0);
  for (size_t r = 0; r < 32; ++r) {
    for (size_t c = 0; c < 64; ++c) out[r] += static_cast<double>(matrix[r * 64 + c]) * x[c];
  }
  return out;
}

TEST(Convert, AttentionScoresAreTheSameUnderBothRotaryOrders) {
  HfFolder model;
  const auto reader = model.convert(lossless());
  std::vector<double> x(64), y(64);
  std::normal_distribution<double> normal;
  for (size_t c = 0; c < 64; ++c) {
    x[c] = normal(model.random);
    y[c] = normal(model.random);
  }
  const auto score = [&](const std::vector<float>& q, const std::vector<float>& k, bool adjacent) {
    const std::vector<double> query = rotate(first_head(q, x), 11, adjacent);
    const std::vector<double> key = rotate(first_head(k, y), 4, adjacent);
    double sum = 0;
    for (size_t i = 0; i < 32; ++i) sum += query[i] * key[i];
    return sum;
  };
  const double halves = score(model.weight(0, "self_attn.q_proj").values,
                              model.weight(0, "self_attn.k_proj").values, false);
  const double adjacent = score(values_of(*reader, "blk.0.attn_q.weight"),
                                values_of(*reader, "blk.0.attn_k.weight"), true);
  // The same 32 products in another order: 32 eps times their size, which is below 1000.
  EXPECT_NEAR(halves, adjacent, 1e-11);
}

TEST(Convert, WritesTheKeysOfTheArchitecture) {
  HfFolder model;
  model.config["license"] = "\"apache-2.0\"";
  ConvertOptions options = lossless();
  options.name = "tiny";
  const auto reader = model.convert(options);
  EXPECT_EQ(reader->require_string("general.architecture"), "bamboo");
  EXPECT_EQ(reader->require_string("general.name"), "tiny");
  EXPECT_EQ(reader->require_string("general.license"), "apache-2.0");
  const std::vector<std::pair<const char*, uint64_t>> numbers = {
      {"general.file_type", 0},
      {"bamboo.context_length", 128},
      {"bamboo.embedding_length", 64},
      {"bamboo.block_count", 2},
      {"bamboo.feed_forward_length", 96},
      {"bamboo.attention.head_count", 2},
      {"bamboo.attention.head_count_kv", 1},
      {"bamboo.attention.key_length", 32},
      {"bamboo.rope.dimension_count", 32},
      {"bamboo.vocab_size", 40}};
  for (const auto& [key, value] : numbers)
    EXPECT_EQ(reader->require_uint(key, 0, 1000), value) << key;
  EXPECT_EQ(reader->require_float("bamboo.attention.layer_norm_rms_epsilon"), 1e-05f);
  EXPECT_EQ(reader->require_float("bamboo.rope.freq_base"), 10000.0);
  EXPECT_EQ(reader->require_string("bamboo.hidden_act"), "relu");
}

TEST(Convert, CopiesPredictorsWithTheirOwnRanks) {
  const HfFolder model;
  const auto reader = model.convert(lossless());
  EXPECT_EQ(reader->require_string("bamboo.predictor.input"), "normed");
  EXPECT_EQ(reader->find_tensor("blk.0.fc1.weight")->shape, (std::vector<int64_t>{64, 32}));
  EXPECT_EQ(reader->find_tensor("blk.1.fc2.weight")->shape, (std::vector<int64_t>{64, 96}));
  EXPECT_EQ(values_of(*reader, "blk.0.fc1.weight"), model.predictors.at("blk.0.fc1").values);
  EXPECT_EQ(values_of(*reader, "blk.1.fc2.weight"), model.predictors.at("blk.1.fc2").values);
  EXPECT_EQ(values_of(*reader, "blk.1.ffn_activation"),
            model.predictors.at("blk.1.activation").values);
  EXPECT_EQ(reader->find("bamboo.predictor.thresholds"), nullptr);
}

TEST(Convert, PredictorsAreOptionalAsAWholeAndPerLayer) {
  HfFolder without;
  without.predictors.clear();
  const auto plain = without.convert(lossless());
  EXPECT_EQ(plain->find("bamboo.predictor.input"), nullptr);
  EXPECT_EQ(plain->find_tensor("blk.0.fc1.weight"), nullptr);

  HfFolder second_only;
  second_only.predictors.erase("blk.0.fc1");
  second_only.predictors.erase("blk.0.fc2");
  second_only.predictors["thresholds"] = {"F32", {2}, {-0.5f, 0.25f}};
  const auto reader = second_only.convert(lossless());
  EXPECT_EQ(reader->find_tensor("blk.0.fc1.weight"), nullptr);
  EXPECT_NE(reader->find_tensor("blk.1.fc1.weight"), nullptr);
  const auto& thresholds = std::get<GgufArray>(*reader->find("bamboo.predictor.thresholds"));
  EXPECT_EQ(std::get<std::vector<double>>(thresholds.values), (std::vector<double>{-0.5, 0.25}));
}

TEST(Convert, GivesEachClassOfTensorsItsType) {
  const HfFolder model;
  ConvertOptions options;
  options.attention_type = "q8_0";
  options.embedding_type = "bf16";
  options.ffn_type = "q5_0";
  options.predictor_type = "q4_0";
  const auto reader = model.convert(options);
  const auto type = [&](const char* name) { return reader->find_tensor(name)->dtype; };
  EXPECT_EQ(type("token_embd.weight"), DType::kBF16);
  for (const char* name : {"blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_v.weight",
                           "blk.1.attn_output.weight"}) {
    EXPECT_EQ(type(name), DType::kQ8_0) << name;
  }
  for (const char* name :
       {"blk.0.ffn_gate.weight", "blk.1.ffn_up.weight", "blk.1.ffn_down_t.weight"}) {
    EXPECT_EQ(type(name), DType::kQ5_0) << name;
  }
  EXPECT_EQ(type("blk.0.fc1.weight"), DType::kQ4_0);
  EXPECT_EQ(type("blk.0.fc2.weight"), DType::kQ4_0);
  for (const char* name : {"output_norm.weight", "blk.0.attn_norm.weight", "blk.0.ffn_norm.weight",
                           "blk.0.ffn_activation"}) {
    EXPECT_EQ(type(name), DType::kF32) << name;
  }
  EXPECT_EQ(values_of(*reader, "token_embd.weight"),
            model.weights.at("model.embed_tokens.weight").values);
  EXPECT_EQ(reader->require_uint("general.file_type", 0, 100), 8u);
}

TEST(Convert, ImportanceLowersTheWeightedErrorOfTheMatricesItCovers) {
  HfFolder model;
  ConvertOptions options = lossless();
  options.attention_type = options.ffn_type = "q4_0";
  HfTensor weights = model.random_tensor("F32", {64});
  for (float& value : weights.values) value = std::pow(value, 4.0f);
  const auto weighted_error = [&](const GgufReader& reader, const std::string& name,
                                  const HfTensor& source) {
    const std::vector<float> values = values_of(reader, name);
    double sum = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      sum +=
          weights.values[i % 64] * std::pow(static_cast<double>(values[i]) - source.values[i], 2);
    }
    return sum;
  };
  const std::vector<std::pair<std::string, std::string>> covered = {
      {"blk.0.attn_v.weight", "self_attn.v_proj"},
      {"blk.0.attn_output.weight", "self_attn.o_proj"},
      {"blk.0.ffn_gate.weight", "mlp.gate_proj"},
      {"blk.0.ffn_up.weight", "mlp.up_proj"}};
  std::vector<double> without;
  const auto plain = model.convert(options);
  for (const auto& [name, source] : covered)
    without.push_back(weighted_error(*plain, name, model.weight(0, source)));
  for (const char* name : {"blk.0.attn_in", "blk.0.attn_out_in", "blk.0.ffn_in"})
    model.importance[name] = weights;
  model.importance["blk.0.ffn_down_in"] = model.random_tensor("F32", {96});
  for (float& value : model.importance["blk.0.ffn_down_in"].values) value = std::fabs(value);
  const auto guided = model.convert(options);
  for (size_t i = 0; i < covered.size(); ++i) {
    EXPECT_LT(weighted_error(*guided, covered[i].first, model.weight(0, covered[i].second)),
              0.95 * without[i])
        << covered[i].first;
  }
  EXPECT_EQ(values_of(*guided, "blk.0.ffn_down_t.weight"),
            values_of(*plain, "blk.0.ffn_down_t.weight"));
}

TEST(Convert, CopiesAByteLevelTokenizer) {
  HfFolder model;
  model.config["vocab_size"] = "40";
  std::string vocab = "\"<|end|>\":0";
  for (int id = 1; id < 38; ++id) vocab += ",\"t" + std::to_string(id) + "\":" + std::to_string(id);
  model.folder.write(
      "tokenizer.json",
      R"({"added_tokens":[{"id":0,"content":"<|end|>","special":true}],"decoder":{"type":"ByteLevel"},)"
      R"("model":{"type":"BPE","vocab":{)" +
          vocab + R"(},"merges":[["t","1"],"t 2"]}})");
  const auto reader = model.convert(lossless());
  EXPECT_EQ(reader->require_string("tokenizer.ggml.model"), "gpt2");
  const auto& tokens =
      std::get<Strings>(std::get<GgufArray>(*reader->find("tokenizer.ggml.tokens")).values);
  ASSERT_EQ(tokens.size(), 40u);
  EXPECT_EQ(tokens[0], "<|end|>");
  EXPECT_EQ(tokens[37], "t37");
  EXPECT_EQ(tokens[39], "[PAD39]");
  const auto& types = std::get<std::vector<int64_t>>(
      std::get<GgufArray>(*reader->find("tokenizer.ggml.token_type")).values);
  EXPECT_EQ(types[0], 3);
  EXPECT_EQ(types[1], 1);
  EXPECT_EQ(types[39], 5);
  const auto& merges =
      std::get<Strings>(std::get<GgufArray>(*reader->find("tokenizer.ggml.merges")).values);
  EXPECT_EQ(merges, (Strings{"t 1", "t 2"}));
  EXPECT_EQ(reader->require_uint("tokenizer.ggml.eos_token_id", 0, 39), 0u);
  EXPECT_EQ(reader->find("tokenizer.ggml.bos_token_id"), nullptr);
  EXPECT_EQ(reader->require_string("tokenizer.huggingface.json").substr(0, 16),
            "{\"added_tokens\":");
}

TEST(Convert, ReadsAModelInShards) {
  HfFolder model;
  const auto whole = model.convert(lossless());
  const std::vector<float> gate = values_of(*whole, "blk.1.ffn_gate.weight");
  std::map<std::string, HfTensor> first, second;
  std::string map;
  for (const auto& [name, tensor] : model.weights) {
    const bool in_first = name.find("layers.1") == std::string::npos;
    (in_first ? first : second)[name] = tensor;
    map += (map.empty() ? "\"" : ",\"") + name + "\":\"" + (in_first ? "one" : "two") +
           ".safetensors\"";
  }
  std::filesystem::remove(model.folder.file("model.safetensors"));
  model.weights.clear();
  model.folder.write("one.safetensors", safetensors_bytes(first));
  model.folder.write("two.safetensors", safetensors_bytes(second));
  model.folder.write("model.safetensors.index.json", "{\"weight_map\":{" + map + "}}");
  EXPECT_EQ(values_of(*model.convert(lossless()), "blk.1.ffn_gate.weight"), gate);
  model.folder.write("model.safetensors.index.json",
                     R"({"weight_map":{"a":"../outside.safetensors"}})");
  expect_error(ErrorCode::kMalformedMetadata, {"weight_map"}, [&] { model.convert(lossless()); });
}

TEST(Convert, ReportsOneLineATensor) {
  const HfFolder model;
  model.write();
  std::vector<std::string> lines;
  convert(model.with_paths(lossless()), [&](const std::string& line) { lines.push_back(line); });
  ASSERT_EQ(lines.size(), 26u);
  EXPECT_EQ(lines[0], "1/26 token_embd.weight f32 64 x 40");
  EXPECT_NE(lines[25].find("26/26 blk.1."), std::string::npos);
}

}  // namespace
}  // namespace bamboo
