// Header checks: sizes agree with shapes, every range lies inside the file, no two tensors overlap.
#include "format/safetensors_reader.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "bamboo/error.h"
#include "format/byte_cursor.h"
#include "format/json.h"

namespace bamboo {
namespace {

constexpr size_t kMaxHeaderBytes = size_t{64} << 20;
constexpr size_t kMaxHeaderValues = size_t{1} << 22;
constexpr size_t kMaxTensors = 65536;
constexpr size_t kMaxDimensions = 8;
constexpr const char* kDamaged = ": the file is damaged: download or convert it again";

[[noreturn]] void fail_tensor(const std::string& path, const std::string& name,
                              const std::string& problem) {
  throw Error(ErrorCode::kMalformedTensor,
              path + ": tensor '" + name.substr(0, 200) + "' " + problem + kDamaged);
}

std::optional<DType> dtype_of(const std::string& name) {
  if (name == "F32") return DType::kF32;
  if (name == "F16") return DType::kF16;
  if (name == "BF16") return DType::kBF16;
  return std::nullopt;
}

// A member of a tensor's entry that must be an array of integers >= 0.
std::vector<int64_t> read_integers(const std::string& path, const std::string& name,
                                   const JsonValue& entry, const char* key, size_t max_count) {
  const JsonValue* member = entry.find(key);
  const JsonArray* items = member == nullptr ? nullptr : member->get<JsonArray>();
  if (items == nullptr || items->size() > max_count)
    fail_tensor(path, name, std::string("has no valid '") + key + "'");
  std::vector<int64_t> integers;
  for (const JsonValue& item : *items) {
    const int64_t* integer = item.get<int64_t>();
    if (integer == nullptr || *integer < 0)
      fail_tensor(path, name, std::string("has no valid '") + key + "'");
    integers.push_back(*integer);
  }
  return integers;
}

SafetensorsTensor read_entry(const std::string& path, const std::string& name,
                             const JsonValue& entry, const uint8_t* data, int64_t data_bytes) {
  SafetensorsTensor tensor;
  tensor.name = name;
  const JsonValue* dtype_value = entry.find("dtype");
  const std::string* dtype_name =
      dtype_value == nullptr ? nullptr : dtype_value->get<std::string>();
  if (dtype_name == nullptr) fail_tensor(path, name, "has no 'dtype'");
  const std::optional<DType> dtype = dtype_of(*dtype_name);
  if (!dtype) {
    throw Error(ErrorCode::kUnsupportedTensorType,
                path + ": tensor '" + name.substr(0, 200) + "' has the type " +
                    dtype_name->substr(0, 32) +
                    "; supported are F32, F16 and BF16: save the model in one of these");
  }
  tensor.dtype = *dtype;
  tensor.shape = read_integers(path, name, entry, "shape", kMaxDimensions);
  constexpr int64_t kMaxElements = std::numeric_limits<int64_t>::max() / 4;
  int64_t elements = 1;
  for (const int64_t dimension : tensor.shape) {
    if (dimension == 0) fail_tensor(path, name, "has a dimension of zero");
    if (dimension > kMaxElements / elements)
      fail_tensor(path, name, "has more elements than can be addressed");
    elements *= dimension;
  }
  tensor.bytes = elements * traits(tensor.dtype).block_bytes;
  const std::vector<int64_t> offsets = read_integers(path, name, entry, "data_offsets", 2);
  if (offsets.size() != 2 || offsets[0] > offsets[1])
    fail_tensor(path, name, "has no valid 'data_offsets'");
  if (offsets[1] - offsets[0] != tensor.bytes) {
    fail_tensor(path, name,
                "has " + std::to_string(offsets[1] - offsets[0]) + " bytes where its shape needs " +
                    std::to_string(tensor.bytes));
  }
  if (offsets[1] > data_bytes) {
    throw Error(ErrorCode::kTruncatedFile,
                path + ": tensor '" + name.substr(0, 200) +
                    "' runs past the end of the file: the file is truncated: download it again");
  }
  tensor.data = data + offsets[0];
  return tensor;
}

}  // namespace

int64_t SafetensorsTensor::elements() const {
  int64_t product = 1;
  for (const int64_t dimension : shape) product *= dimension;
  return product;
}

std::unique_ptr<SafetensorsReader> SafetensorsReader::open(const std::string& path) {
  std::unique_ptr<SafetensorsReader> reader(new SafetensorsReader());
  reader->path_ = path;
  reader->file_ = MappedFile::open(path);
  reader->parse();
  return reader;
}

void SafetensorsReader::parse() {
  ByteCursor cursor(file_.data(), file_.size(), path_);
  const uint64_t header_bytes = cursor.read<uint64_t>("the header length");
  if (header_bytes > kMaxHeaderBytes) {
    cursor.fail(ErrorCode::kMalformedHeader, "claims a header of " + std::to_string(header_bytes) +
                                                 " bytes, more than the limit of " +
                                                 std::to_string(kMaxHeaderBytes) +
                                                 ": this is no safetensors file, or it is damaged");
  }
  const std::string_view header = cursor.read_bytes(header_bytes, "the header");
  JsonOptions options;
  options.origin = path_;
  options.error = ErrorCode::kMalformedHeader;
  options.max_bytes = kMaxHeaderBytes;
  options.max_depth = 4;
  options.max_values = kMaxHeaderValues;
  const JsonValue root = parse_json(header, options);
  const JsonObject* entries = root.get<JsonObject>();
  if (entries == nullptr)
    cursor.fail(ErrorCode::kMalformedHeader,
                std::string("has a header that is no JSON object") + kDamaged);
  if (entries->size() > kMaxTensors) {
    cursor.fail(ErrorCode::kMalformedHeader,
                "has more than " + std::to_string(kMaxTensors) + " tensors" + kDamaged);
  }
  const uint8_t* data = file_.data() + cursor.position();
  const int64_t data_bytes = static_cast<int64_t>(cursor.remaining());
  for (const auto& [name, entry] : *entries) {
    if (name != "__metadata__")
      tensors_.push_back(read_entry(path_, name, entry, data, data_bytes));
  }
  check_overlaps();
  for (size_t i = 0; i < tensors_.size(); ++i) index_.emplace(tensors_[i].name, i);
}

void SafetensorsReader::check_overlaps() const {
  std::vector<const SafetensorsTensor*> by_address;
  by_address.reserve(tensors_.size());
  for (const SafetensorsTensor& tensor : tensors_) by_address.push_back(&tensor);
  std::sort(
      by_address.begin(), by_address.end(),
      [](const SafetensorsTensor* a, const SafetensorsTensor* b) { return a->data < b->data; });
  for (size_t i = 1; i < by_address.size(); ++i) {
    if (by_address[i - 1]->data + by_address[i - 1]->bytes > by_address[i]->data) {
      fail_tensor(path_, by_address[i]->name,
                  "overlaps '" + by_address[i - 1]->name.substr(0, 200) + "'");
    }
  }
}

const SafetensorsTensor* SafetensorsReader::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &tensors_[found->second];
}

}  // namespace bamboo
