// Hugging Face names to llama.cpp names, with the row order and the row contents that a GGUF reader
// expects.
#include "format/tensor_plan.h"

#include <algorithm>
#include <cmath>

#include "bamboo/error.h"
#include "format/quantize.h"

namespace bamboo {
namespace {

using RowReader = std::function<void(int64_t row, float* out)>;
using Floats = std::shared_ptr<const std::vector<float>>;

// Row r of a [rows, cols] tensor, or the whole of a [cols] tensor as row 0.
RowReader plain_rows(const SafetensorsTensor& source) {
  const int64_t cols = source.shape.back();
  return [&source, cols](int64_t row, float* out) {
    dequantize_row(source.dtype, source.data + row * row_bytes(source.dtype, cols), cols, out);
  };
}

// Hugging Face rotates the pairs (i, i + head_dim/2) of a head, llama.cpp the pairs (2i, 2i + 1):
// rows 2i and 2i + 1 of a head are the old rows i and i + head_dim/2.
RowReader adjacent_pair_rows(const SafetensorsTensor& source, int64_t head_dim) {
  return [read = plain_rows(source), head_dim](int64_t row, float* out) {
    const int64_t head = row / head_dim;
    const int64_t within = row % head_dim;
    read(head * head_dim + within / 2 + (within % 2) * (head_dim / 2), out);
  };
}

// Row n of the result is column n of the [rows, cols] source. Neighbouring columns share cache
// lines, so reading them one after the other costs little more than a blocked transposition.
RowReader transposed_rows(const SafetensorsTensor& source) {
  const int64_t rows = source.shape[0];
  const int64_t stride = row_bytes(source.dtype, source.shape[1]);
  const int64_t element_bytes = traits(source.dtype).block_bytes;
  return [&source, rows, stride, element_bytes](int64_t column, float* out) {
    const uint8_t* element = source.data + column * element_bytes;
    for (int64_t r = 0; r < rows; ++r)
      dequantize_row(source.dtype, element + r * stride, 1, out + r);
  };
}

RowReader scaled_columns(RowReader read, Floats scale) {
  return [read = std::move(read), scale = std::move(scale)](int64_t row, float* out) {
    read(row, out);
    for (size_t c = 0; c < scale->size(); ++c) out[c] *= (*scale)[c];
  };
}

Floats read_vector(const SafetensorsTensor& source) {
  auto values = std::make_shared<std::vector<float>>(static_cast<size_t>(source.elements()));
  dequantize_row(source.dtype, source.data, source.elements(), values->data());
  return values;
}

class PlanBuilder {
 public:
  PlanBuilder(const HfConfig& config, const TensorTypes& types, bool powerinfer,
              ModelFolder& folder)
      : config_(config), types_(types), powerinfer_(powerinfer), folder_(folder) {}

  TensorPlan build() {
    add_globals();
    for (int64_t layer = 0; layer < config_.n_layers; ++layer) {
      add_attention(layer);
      add_ffn(layer);
      add_predictor(layer);
    }
    read_thresholds();
    folder_.refuse_unused_weights(config_.tied_embeddings);
    return std::move(plan_);
  }

 private:
  void add(std::string name, DType dtype, std::vector<int64_t> shape, RowReader read,
           Floats importance = nullptr) {
    if (shape[0] % traits(dtype).block_elements != 0) {
      throw Error(ErrorCode::kShapeMismatch,
                  folder_.path() + ": rows of " + std::to_string(shape[0]) + " elements of '" +
                      name + "' do not divide into " + traits(dtype).name +
                      " blocks: choose f16, bf16 or f32 for it");
    }
    plan_.tensors.push_back(
        {std::move(name), dtype, std::move(shape), std::move(read), std::move(importance)});
  }

  void add_norm(const std::string& name, const std::string& source) {
    add(name, DType::kF32, {config_.d_model},
        plain_rows(folder_.weight(source, {config_.d_model})));
  }

  void add_globals() {
    const std::vector<int64_t> source_shape = {config_.vocab_size, config_.d_model};
    const std::vector<int64_t> shape = {config_.d_model, config_.vocab_size};
    const SafetensorsTensor& embedding = folder_.weight("model.embed_tokens.weight", source_shape);
    add("token_embd.weight", types_.embedding, shape, plain_rows(embedding));
    add_norm("output_norm.weight", "model.norm.weight");
    if (!config_.tied_embeddings) {
      add("output.weight", types_.embedding, shape,
          plain_rows(folder_.weight("lm_head.weight", source_shape)));
    } else if (powerinfer_) {
      add("output.weight", types_.embedding, shape, plain_rows(embedding));
    }
  }

  void add_attention(int64_t layer) {
    const std::string to = "blk." + std::to_string(layer) + ".";
    const std::string from = "model.layers." + std::to_string(layer) + ".";
    const int64_t d = config_.d_model;
    const int64_t q_rows = config_.n_heads * config_.head_dim;
    const int64_t kv_rows = config_.n_kv_heads * config_.head_dim;
    const Floats input = importance(to + "attn_in", d);
    add_norm(to + "attn_norm.weight", from + "input_layernorm.weight");
    const SafetensorsTensor& q = folder_.weight(from + "self_attn.q_proj.weight", {q_rows, d});
    const SafetensorsTensor& k = folder_.weight(from + "self_attn.k_proj.weight", {kv_rows, d});
    const SafetensorsTensor& v = folder_.weight(from + "self_attn.v_proj.weight", {kv_rows, d});
    const SafetensorsTensor& o = folder_.weight(from + "self_attn.o_proj.weight", {d, q_rows});
    add(to + "attn_q.weight", types_.attention, {d, q_rows},
        adjacent_pair_rows(q, config_.head_dim), input);
    add(to + "attn_k.weight", types_.attention, {d, kv_rows},
        adjacent_pair_rows(k, config_.head_dim), input);
    add(to + "attn_v.weight", types_.attention, {d, kv_rows}, plain_rows(v), input);
    add(to + "attn_output.weight", types_.attention, {q_rows, d}, plain_rows(o),
        importance(to + "attn_out_in", q_rows));
  }

  void add_ffn(int64_t layer) {
    const std::string to = "blk." + std::to_string(layer) + ".";
    const std::string from = "model.layers." + std::to_string(layer) + ".";
    const int64_t d = config_.d_model;
    const int64_t d_ff = config_.d_ff;
    const Floats input = importance(to + "ffn_in", d);
    importance(to + "ffn_down_in",
               d_ff);  // checked, not used: it is constant within a row of the transposed matrix
    add_norm(to + "ffn_norm.weight", from + "post_attention_layernorm.weight");
    const SafetensorsTensor& gate = folder_.weight(from + "mlp.gate_proj.weight", {d_ff, d});
    const SafetensorsTensor& up = folder_.weight(from + "mlp.up_proj.weight", {d_ff, d});
    const SafetensorsTensor& down = folder_.weight(from + "mlp.down_proj.weight", {d, d_ff});
    add(to + "ffn_gate.weight", types_.ffn, {d, d_ff}, plain_rows(gate), input);
    add(to + "ffn_up.weight", types_.ffn, {d, d_ff}, plain_rows(up), input);
    add(to + "ffn_down_t.weight", types_.ffn, {d, d_ff}, transposed_rows(down));
  }

  // The rank differs from layer to layer, and in our own form a layer may have no predictor at all.
  void add_predictor(int64_t layer) {
    const std::string prefix = "blk." + std::to_string(layer) + ".";
    const SafetensorsTensor* fc1 = folder_.predictor(prefix + "fc1", {-1, config_.d_model});
    if (fc1 == nullptr && !powerinfer_ &&
        folder_.predictor(prefix + "fc2", {config_.d_ff, -1}) == nullptr)
      return;
    if (fc1 == nullptr) fail_missing_predictor(prefix + "fc1");
    const int64_t rank = fc1->shape[0];
    const SafetensorsTensor* fc2 = folder_.predictor(prefix + "fc2", {config_.d_ff, rank});
    if (fc2 == nullptr) fail_missing_predictor(prefix + "fc2");
    RowReader fc1_rows = plain_rows(*fc1);
    Floats fc1_importance = importance(prefix + "ffn_in", config_.d_model);
    if (powerinfer_) {
      // That dialect feeds the residual before the norm. RMSNorm divides by a positive scalar, so
      // with the norm's weight in the columns the signs of the scores, and with threshold 0 the
      // chosen neurons, stay the same.
      const std::string norm =
          "model.layers." + std::to_string(layer) + ".post_attention_layernorm.weight";
      fc1_rows =
          scaled_columns(std::move(fc1_rows), read_vector(folder_.weight(norm, {config_.d_model})));
      fc1_importance = nullptr;  // measured on the normed input
    }
    add(prefix + "fc1.weight", types_.predictor, {config_.d_model, rank}, std::move(fc1_rows),
        fc1_importance);
    add(prefix + "fc2.weight", types_.predictor, {rank, config_.d_ff}, plain_rows(*fc2));
    plan_.has_predictors = true;
    const SafetensorsTensor* activation = folder_.predictor(prefix + "activation", {config_.d_ff});
    if (activation != nullptr &&
        !powerinfer_) {  // that dialect's loader refuses tensors it does not know
      add(prefix + "ffn_activation", DType::kF32, {config_.d_ff}, plain_rows(*activation));
    }
  }

  void read_thresholds() {
    const SafetensorsTensor* thresholds = folder_.predictor("thresholds", {config_.n_layers});
    if (thresholds == nullptr) return;
    plan_.predictor_thresholds = *read_vector(*thresholds);
    const bool finite =
        std::all_of(plan_.predictor_thresholds.begin(), plan_.predictor_thresholds.end(),
                    [](float value) { return std::isfinite(value); });
    if (!finite) {
      throw Error(ErrorCode::kMalformedTensor,
                  folder_.path() + ": the predictor tensor 'thresholds' is not finite");
    }
  }

  // Scaled to a maximum of 1: only ratios matter, and the search then stays far from overflow.
  Floats importance(const std::string& name, int64_t cols) const {
    const SafetensorsTensor* source = folder_.importance(name, {cols});
    if (source == nullptr) return nullptr;
    auto values = std::make_shared<std::vector<float>>(*read_vector(*source));
    float largest = 0.0f;
    for (const float value : *values) {
      if (!std::isfinite(value) || value < 0.0f) {
        throw Error(ErrorCode::kMalformedTensor,
                    folder_.path() + ": the importance tensor '" + name +
                        "' must hold finite numbers >= 0: measure it again");
      }
      largest = std::max(largest, value);
    }
    if (largest == 0.0f) return nullptr;
    for (float& value : *values) value /= largest;
    return values;
  }

  [[noreturn]] void fail_missing_predictor(const std::string& name) const {
    throw Error(ErrorCode::kMissingTensor,
                folder_.path() + ": predictors.safetensors lacks the tensor '" + name +
                    (powerinfer_ ? "', and PowerInfer's form needs predictors in every layer: "
                                   "train them or choose the bamboo form"
                                 : "': export the predictors again"));
  }

  const HfConfig& config_;
  const TensorTypes& types_;
  const bool powerinfer_;
  ModelFolder& folder_;
  TensorPlan plan_;
};

}  // namespace

TensorPlan plan_tensors(const HfConfig& config, const TensorTypes& types, bool powerinfer,
                        ModelFolder& folder) {
  return PlanBuilder(config, types, powerinfer, folder).build();
}

}  // namespace bamboo
