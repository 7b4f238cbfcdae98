// A tiny random model in Hugging Face form that a test can change before it is written and
// converted.
#ifndef BAMBOO_TEST_FORMAT_HF_FOLDER_H_
#define BAMBOO_TEST_FORMAT_HF_FOLDER_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "bamboo/convert.h"
#include "format/gguf_reader.h"
#include "temporary_folder.h"

namespace bamboo {

struct HfTensor {
  std::string dtype;           // "F32", "F16", "BF16"
  std::vector<int64_t> shape;  // last dimension contiguous
  std::vector<float> values;   // exactly representable in dtype

  float at(int64_t row, int64_t col) const {
    return values[static_cast<size_t>(row * shape.back() + col)];
  }
};

struct HfFolder {
  // d_model 64, 2 layers, 2 heads of 32, 1 KV head, 96 neurons, 40 tokens; ranks 32 and 64.
  static constexpr int64_t kDModel = 64;
  static constexpr int64_t kDFf = 96;
  static constexpr int64_t kHeads = 2;
  static constexpr int64_t kHeadDim = 32;
  static constexpr int64_t kVocab = 40;
  static constexpr int64_t kLayers = 2;

  HfFolder();

  HfTensor random_tensor(const std::string& dtype, const std::vector<int64_t>& shape);
  const HfTensor& weight(int64_t layer, const std::string& name) const {
    return weights.at("model.layers." + std::to_string(layer) + "." + name + ".weight");
  }

  // Writes config.json and the safetensors files that have tensors.
  void write() const;
  // write(), convert, and open the result. `options` lacks input and output.
  std::unique_ptr<GgufReader> convert(ConvertOptions options) const;
  ConvertOptions with_paths(ConvertOptions options) const;

  TemporaryFolder folder;
  std::map<std::string, std::string> config;  // key to JSON text
  std::map<std::string, HfTensor> weights;
  std::map<std::string, HfTensor> predictors;
  std::map<std::string, HfTensor> importance;
  std::mt19937_64 random{1};
};

// Options that convert without loss, in our own form.
ConvertOptions lossless();

std::string safetensors_bytes(const std::map<std::string, HfTensor>& tensors);

// A tensor of the converted file as floats, row-major.
std::vector<float> values_of(const GgufReader& reader, const std::string& name);

}  // namespace bamboo

#endif  // BAMBOO_TEST_FORMAT_HF_FOLDER_H_
