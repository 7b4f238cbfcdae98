// The files of a Hugging Face model folder, opened once: weights in one file or in shards, and the
// optional predictors and activation statistics. It finds tensors by name and checks their shapes;
// what becomes of them is convert's part.
#ifndef BAMBOO_FORMAT_MODEL_FOLDER_H_
#define BAMBOO_FORMAT_MODEL_FOLDER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "format/safetensors_reader.h"

namespace bamboo {

class ModelFolder {
 public:
  // Throws Error: file-not-found when there is neither model.safetensors nor an index, and whatever
  // the readers throw.
  static ModelFolder open(const std::string& folder);

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  bool has_file(const std::string& name) const;

  // A weight of the model. Throws missing-tensor, or shape-mismatch naming both shapes.
  const SafetensorsTensor& weight(const std::string& name, const std::vector<int64_t>& shape);

  // The same for the optional files; nullptr when the file or the tensor is absent. A dimension of
  // -1 fits any size.
  const SafetensorsTensor* predictor(const std::string& name,
                                     const std::vector<int64_t>& shape) const;
  const SafetensorsTensor* importance(const std::string& name,
                                      const std::vector<int64_t>& shape) const;

  bool has_predictors() const { return predictors_ != nullptr; }

  // Throws malformed-tensor when a weight was never asked for, so that a bias or an adapter is not
  // dropped unnoticed.
  void refuse_unused_weights(bool tied_embeddings) const;

 private:
  void open_shards(const std::string& index_path);

  std::string path_;
  std::vector<std::unique_ptr<SafetensorsReader>> weights_;
  std::unique_ptr<SafetensorsReader> predictors_;
  std::unique_ptr<SafetensorsReader> importance_;
  std::unordered_set<std::string> used_;
};

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_MODEL_FOLDER_H_
