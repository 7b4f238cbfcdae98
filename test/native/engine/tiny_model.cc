#include "tiny_model.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <vector>

#include "format/gguf_writer.h"
#include "format/quantize.h"

namespace bamboo::test {
namespace {

struct Matrix {
  std::string name;
  DType dtype;
  int64_t cols;
  int64_t rows;
  float scale;
  float offset;
};

std::vector<Matrix> matrices(const TinyModel& m) {
  const int64_t head_dim = m.d_model / m.n_heads;
  const int64_t kv = m.n_kv_heads * head_dim;
  const float s = 1.0f / std::sqrt(static_cast<float>(m.d_model));
  std::vector<Matrix> out{{"token_embd.weight", m.dtype, m.d_model, m.vocab_size, 1, 0},
                          {"output_norm.weight", DType::kF32, m.d_model, 1, 0.1f, 1}};
  if (!m.tied) out.push_back({"output.weight", m.dtype, m.d_model, m.vocab_size, s, 0});
  for (int64_t layer = 0; layer < m.n_layers; ++layer) {
    const std::string p = "blk." + std::to_string(layer) + ".";
    out.push_back({p + "attn_norm.weight", DType::kF32, m.d_model, 1, 0.1f, 1});
    out.push_back({p + "attn_q.weight", m.dtype, m.d_model, m.d_model, 2 * s, 0});
    out.push_back({p + "attn_k.weight", m.dtype, m.d_model, kv, 2 * s, 0});
    out.push_back({p + "attn_v.weight", m.dtype, m.d_model, kv, s, 0});
    out.push_back({p + "attn_output.weight", m.dtype, m.d_model, m.d_model, s, 0});
    out.push_back({p + "ffn_norm.weight", DType::kF32, m.d_model, 1, 0.1f, 1});
    out.push_back({p + "ffn_gate.weight", m.dtype, m.d_model, m.d_ff, s, 0});
    out.push_back({p + "ffn_up.weight", m.dtype, m.d_model, m.d_ff, s, 0});
    if (m.neuron_major_down) {
      out.push_back({p + "ffn_down_t.weight", m.dtype, m.d_model, m.d_ff, 2 * s, 0});
    } else {
      out.push_back({p + "ffn_down.weight", m.dtype, m.d_ff, m.d_model, 2 * s, 0});
    }
    if (m.predictor_rank > 0) {
      out.push_back({p + "fc1.weight", m.dtype, m.d_model, m.predictor_rank, s, 0});
      if (!m.half_a_predictor) {
        out.push_back({p + "fc2.weight", m.dtype, m.predictor_rank, m.d_ff, s, 0});
      }
      if (m.predictor_bias != 0)
        out.push_back({p + "fc2.bias", DType::kF32, m.d_ff, 1, 0, m.predictor_bias});
    }
  }
  if (!m.extra_tensor.empty()) out.push_back({m.extra_tensor, DType::kF32, m.d_model, 1, 1, 0});
  return out;
}

}  // namespace

TinyModel with_predictors(float threshold, const std::string& input) {
  TinyModel model;
  model.predictor_rank = 64;
  model.thresholds = {threshold, threshold};
  model.predictor_input = input;
  return model;
}

std::string write_tiny_model(const TinyModel& m) {
  static std::atomic<int> counter{0};
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::string label =
      test == nullptr ? "shared" : std::string(test->test_suite_name()) + "-" + test->name();
  for (char& c : label) c = c == '/' ? '-' : c;
  const std::string path =
      ::testing::TempDir() + "tiny-" + label + "-" + std::to_string(counter++) + ".gguf";

  GgufWriter writer(path, GgufMagic::kGguf);
  const std::string& arch = m.architecture;
  writer.add_string("general.architecture", arch);
  writer.add_uint32(arch + ".context_length", static_cast<uint32_t>(m.context_length));
  writer.add_uint32(arch + ".embedding_length", static_cast<uint32_t>(m.d_model));
  writer.add_uint32(arch + ".block_count", static_cast<uint32_t>(m.n_layers));
  writer.add_uint32(arch + ".feed_forward_length", static_cast<uint32_t>(m.d_ff));
  writer.add_uint32(arch + ".attention.head_count", static_cast<uint32_t>(m.n_heads));
  writer.add_uint32(arch + ".attention.head_count_kv", static_cast<uint32_t>(m.n_kv_heads));
  writer.add_float32(arch + ".attention.layer_norm_rms_epsilon", 1e-5f);
  writer.add_float32(arch + ".rope.freq_base", 10000.0f);
  if (!m.hidden_act.empty()) writer.add_string(arch + ".hidden_act", m.hidden_act);
  if (!m.rope_layout.empty()) writer.add_string(arch + ".rope.layout", m.rope_layout);
  if (!m.thresholds.empty()) writer.add_floats("bamboo.predictor.thresholds", m.thresholds);
  if (!m.predictor_input.empty()) writer.add_string("bamboo.predictor.input", m.predictor_input);
  const std::vector<Matrix> all = matrices(m);
  for (const Matrix& matrix : all) {
    std::vector<int64_t> shape{matrix.cols};
    if (matrix.rows > 1) shape.push_back(matrix.rows);
    writer.add_tensor(matrix.name, matrix.dtype, shape);
  }
  std::mt19937_64 random(m.seed);
  std::normal_distribution<float> normal;
  for (const Matrix& matrix : all) {
    std::vector<float> row(static_cast<size_t>(matrix.cols));
    std::vector<uint8_t> bytes(static_cast<size_t>(row_bytes(matrix.dtype, matrix.cols)));
    for (int64_t r = 0; r < matrix.rows; ++r) {
      for (float& value : row) value = matrix.offset + matrix.scale * normal(random);
      quantize_row(matrix.dtype, row.data(), matrix.cols, nullptr, bytes.data());
      writer.append(matrix.name, bytes.data(), bytes.size());
    }
  }
  writer.finish();
  return path;
}

}  // namespace bamboo::test
