// Opens the weight file or its shards and looks tensors up with shape checks.
#include "format/model_folder.h"

#include <filesystem>
#include <set>
#include <system_error>

#include "bamboo/error.h"
#include "format/json.h"
#include "format/mapped_file.h"

namespace bamboo {
namespace {

constexpr const char* kWeights = "model.safetensors";
constexpr const char* kShardIndex = "model.safetensors.index.json";
constexpr const char* kPredictors = "predictors.safetensors";
constexpr const char* kImportance = "importance.safetensors";
constexpr size_t kMaxShards = 1024;

bool fits(const std::vector<int64_t>& actual, const std::vector<int64_t>& wanted) {
  if (actual.size() != wanted.size()) return false;
  for (size_t i = 0; i < actual.size(); ++i) {
    if (wanted[i] != -1 && actual[i] != wanted[i]) return false;
  }
  return true;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + (shape[i] == -1 ? std::string("any") : std::to_string(shape[i]));
  }
  return text + "]";
}

void check_shape(const std::string& path, const SafetensorsTensor& tensor,
                 const std::vector<int64_t>& wanted) {
  if (fits(tensor.shape, wanted)) return;
  throw Error(ErrorCode::kShapeMismatch, path + ": tensor '" + tensor.name + "' has the shape " +
                                             shape_text(tensor.shape) +
                                             " where config.json asks for " + shape_text(wanted) +
                                             ": the two files do not belong together");
}

const SafetensorsTensor* find_checked(const SafetensorsReader* reader, const std::string& name,
                                      const std::vector<int64_t>& shape) {
  const SafetensorsTensor* tensor = reader == nullptr ? nullptr : reader->find(name);
  if (tensor != nullptr) check_shape(reader->path(), *tensor, shape);
  return tensor;
}

// A shard is a file of the folder itself: the index is no way to open others.
bool is_plain_file_name(const std::string& name) {
  return !name.empty() && name.find_first_of("/\\:") == std::string::npos && name.front() != '.';
}

}  // namespace

bool ModelFolder::has_file(const std::string& name) const {
  const std::string full = file(name);
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::path(std::u8string(full.begin(), full.end())),
                                 ignored);
}

ModelFolder ModelFolder::open(const std::string& folder) {
  ModelFolder model;
  model.path_ = folder;
  if (!model.has_file(kWeights) && model.has_file(kShardIndex)) {
    model.open_shards(model.file(kShardIndex));
  } else {
    model.weights_.push_back(SafetensorsReader::open(model.file(kWeights)));
  }
  if (model.has_file(kPredictors))
    model.predictors_ = SafetensorsReader::open(model.file(kPredictors));
  if (model.has_file(kImportance))
    model.importance_ = SafetensorsReader::open(model.file(kImportance));
  return model;
}

void ModelFolder::open_shards(const std::string& index_path) {
  const MappedFile index = MappedFile::open(index_path);
  JsonOptions options;
  options.origin = index_path;
  options.max_bytes = size_t{16} << 20;
  const JsonValue root =
      parse_json({reinterpret_cast<const char*>(index.data()), index.size()}, options);
  const JsonValue* map = root.find("weight_map");
  const JsonObject* members = map == nullptr ? nullptr : map->get<JsonObject>();
  std::set<std::string> names;
  for (size_t i = 0; members != nullptr && i < members->size(); ++i) {
    const std::string* name = (*members)[i].second.get<std::string>();
    if (name == nullptr || !is_plain_file_name(*name)) {
      throw Error(ErrorCode::kMalformedMetadata,
                  index_path + ": 'weight_map' names a shard that is no plain file name");
    }
    names.insert(*name);
  }
  if (names.empty() || names.size() > kMaxShards) {
    throw Error(ErrorCode::kMalformedMetadata, index_path + ": 'weight_map' must name 1 to " +
                                                   std::to_string(kMaxShards) + " shards");
  }
  for (const std::string& name : names) weights_.push_back(SafetensorsReader::open(file(name)));
}

const SafetensorsTensor& ModelFolder::weight(const std::string& name,
                                             const std::vector<int64_t>& shape) {
  for (const auto& reader : weights_) {
    if (const SafetensorsTensor* tensor = find_checked(reader.get(), name, shape)) {
      used_.insert(name);
      return *tensor;
    }
  }
  throw Error(ErrorCode::kMissingTensor, path_ + ": the weights lack the tensor '" + name +
                                             "': download the whole model again");
}

const SafetensorsTensor* ModelFolder::predictor(const std::string& name,
                                                const std::vector<int64_t>& shape) const {
  return find_checked(predictors_.get(), name, shape);
}

const SafetensorsTensor* ModelFolder::importance(const std::string& name,
                                                 const std::vector<int64_t>& shape) const {
  return find_checked(importance_.get(), name, shape);
}

void ModelFolder::refuse_unused_weights(bool tied_embeddings) const {
  for (const auto& reader : weights_) {
    for (const SafetensorsTensor& tensor : reader->tensors()) {
      if (used_.count(tensor.name) != 0) continue;
      // Old checkpoints store what config.json already says: rotary frequencies, and a copy of a
      // tied embedding.
      if (tensor.name.ends_with("rotary_emb.inv_freq")) continue;
      if (tied_embeddings && tensor.name == "lm_head.weight") continue;
      throw Error(
          ErrorCode::kMalformedTensor,
          reader->path() + ": tensor '" + tensor.name +
              "' has no place in this architecture and would be lost: convert a model without it");
    }
  }
}

}  // namespace bamboo
