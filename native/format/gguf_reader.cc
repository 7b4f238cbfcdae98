// Parses the header, metadata and tensor list of a GGUF file and places every tensor inside the
// mapped file. It checks form only: which keys and tensors a model needs is the model loader's
// business.
#include "format/gguf_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "format/byte_cursor.h"
#include "format/gguf_metadata.h"

namespace bamboo {
namespace {

constexpr uint64_t kMaxTensors = 65536;
constexpr uint64_t kMaxKeys = 65536;
constexpr uint32_t kMaxDimensions = 4;
constexpr uint64_t kDefaultAlignment = 32;
constexpr uint64_t kMinAlignment = 8;
constexpr uint64_t kMaxAlignment = 65536;
// u64 name length, a byte of name, u32 type, a byte of value.
constexpr uint64_t kLeastKeyBytes = 8 + 1 + 4 + 1;
// u64 name length, a byte of name, u32 dimensions, one u64 dimension, u32 type, u64 offset.
constexpr uint64_t kLeastTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;
constexpr const char* kDamaged = ": the file is damaged: download or convert it again";

std::optional<DType> dtype_of(uint32_t ggml_type) {
  for (int i = 0; i < kDTypeCount; ++i) {
    if (kDTypeTraits[i].ggml_type == ggml_type) return static_cast<DType>(i);
  }
  return std::nullopt;
}

std::string supported_types() {
  std::string names;
  for (const DTypeTraits& type : kDTypeTraits)
    names.append(names.empty() ? "" : " ").append(type.name);
  return names;
}

}  // namespace

// Fills a GgufReader from its mapped file, front to back.
class GgufParser {
 public:
  explicit GgufParser(GgufReader& reader)
      : reader_(reader), cursor_(reader.file_.data(), reader.file_.size(), reader.path_) {}

  void parse() {
    parse_magic();
    parse_version();
    const uint64_t tensor_count = cursor_.read<uint64_t>("the tensor count");
    const uint64_t key_count = cursor_.read<uint64_t>("the metadata count");
    check_count(tensor_count, kMaxTensors, "tensors");
    check_count(key_count, kMaxKeys, "metadata keys");
    cursor_.require_items(key_count, kLeastKeyBytes, "the metadata");
    cursor_.require_items(tensor_count, kLeastTensorBytes, "the tensor list");
    for (uint64_t i = 0; i < key_count; ++i) parse_key();
    const uint64_t alignment = read_alignment();
    for (uint64_t i = 0; i < tensor_count; ++i) parse_tensor(alignment);
    place_tensors(alignment);
    check_overlaps();
    index_tensors();
  }

 private:
  void parse_magic() {
    const std::string_view magic = cursor_.read_bytes(4, "the magic number");
    reader_.powerinfer_ = magic == "PWRI";
    if (magic != "GGUF" && !reader_.powerinfer_) {
      cursor_.fail(
          ErrorCode::kBadMagic,
          "is not a GGUF model (it does not begin with GGUF or PWRI): choose a .gguf file");
    }
  }

  // Versions 2 and 3 have the same layout; version 1 had 32-bit counts.
  void parse_version() {
    reader_.version_ = cursor_.read<uint32_t>("the version");
    if (reader_.version_ == 2 || reader_.version_ == 3) return;
    const bool swapped = reader_.version_ == 0x02000000 || reader_.version_ == 0x03000000;
    cursor_.fail(
        ErrorCode::kUnsupportedVersion,
        (swapped ? std::string("is a big-endian GGUF file")
                 : "has GGUF version " + std::to_string(reader_.version_)) +
            ", but versions 2 and 3 in little endian are supported: convert the model again");
  }

  void check_count(uint64_t count, uint64_t limit, const char* what) const {
    if (count > limit) {
      cursor_.fail(ErrorCode::kMalformedHeader, "claims " + std::to_string(count) + " " + what +
                                                    ", more than the limit of " +
                                                    std::to_string(limit) + kDamaged);
    }
  }

  void parse_key() {
    const std::string_view key = read_gguf_name(cursor_, "a metadata key");
    GgufValue value = read_gguf_value(cursor_, key, array_budget_);
    if (!reader_.metadata_index_.emplace(key, reader_.metadata_.size()).second) {
      cursor_.fail(ErrorCode::kMalformedMetadata,
                   "the key " + quoted(key) + " appears twice" + kDamaged);
    }
    reader_.metadata_.emplace_back(key, std::move(value));
  }

  uint64_t read_alignment() const {
    const uint64_t alignment =
        reader_.optional_uint("general.alignment", kMinAlignment, kMaxAlignment)
            .value_or(kDefaultAlignment);
    if ((alignment & (alignment - 1)) != 0) {
      cursor_.fail(
          ErrorCode::kMalformedMetadata,
          "general.alignment is " + std::to_string(alignment) + ", not a power of two" + kDamaged);
    }
    return alignment;
  }

  void parse_tensor(uint64_t alignment) {
    GgufTensor tensor;
    tensor.name = read_gguf_name(cursor_, "a tensor name");
    const std::string what = "the entry of tensor " + quoted(tensor.name);
    const uint32_t n_dimensions = cursor_.read<uint32_t>(what);
    if (n_dimensions < 1 || n_dimensions > kMaxDimensions) {
      fail_tensor(tensor, "has " + std::to_string(n_dimensions) + " dimensions, not 1 to 4");
    }
    // At most 4 bytes an element: under this product no size in bytes overflows.
    constexpr int64_t kMaxElements = std::numeric_limits<int64_t>::max() / 4;
    int64_t elements = 1;
    for (uint32_t i = 0; i < n_dimensions; ++i) {
      const uint64_t dimension = cursor_.read<uint64_t>(what);
      if (dimension == 0) fail_tensor(tensor, "has a dimension of zero");
      if (dimension > static_cast<uint64_t>(kMaxElements / elements)) {
        fail_tensor(tensor, "has more elements than can be addressed");
      }
      tensor.shape.push_back(static_cast<int64_t>(dimension));
      elements *= tensor.shape.back();
    }
    const uint32_t ggml_type = cursor_.read<uint32_t>(what);
    const std::optional<DType> dtype = dtype_of(ggml_type);
    if (!dtype) {
      cursor_.fail(ErrorCode::kUnsupportedTensorType,
                   "tensor " + quoted(tensor.name) + " has the type number " +
                       std::to_string(ggml_type) + "; supported are " + supported_types() +
                       ": choose another quantization");
    }
    tensor.dtype = *dtype;
    if (tensor.cols() % traits(*dtype).block_elements != 0) {
      fail_tensor(tensor, "has rows of " + std::to_string(tensor.cols()) +
                              " elements, not a multiple of the " +
                              std::to_string(traits(*dtype).block_elements) + " of a " +
                              traits(*dtype).name + " block");
    }
    tensor.bytes = tensor.rows() * row_bytes(*dtype, tensor.cols());
    const uint64_t offset = cursor_.read<uint64_t>(what);
    if (offset % alignment != 0) {
      fail_tensor(tensor, "begins at offset " + std::to_string(offset) +
                              ", not a multiple of the alignment of " + std::to_string(alignment));
    }
    reader_.tensors_.push_back(std::move(tensor));
    offsets_.push_back(offset);
  }

  // Turns offsets into addresses, now that the end of the tensor list is known.
  void place_tensors(uint64_t alignment) {
    const uint64_t header_end = cursor_.position();
    const uint64_t data_begin = (header_end + alignment - 1) / alignment * alignment;
    const uint64_t file_bytes = reader_.file_.size();
    for (size_t i = 0; i < reader_.tensors_.size(); ++i) {
      GgufTensor& tensor = reader_.tensors_[i];
      const uint64_t bytes = static_cast<uint64_t>(tensor.bytes);
      if (data_begin > file_bytes || offsets_[i] > file_bytes - data_begin ||
          bytes > file_bytes - data_begin - offsets_[i]) {
        cursor_.fail(ErrorCode::kTruncatedFile,
                     "tensor " + quoted(tensor.name) + " runs past the end of the file (" +
                         std::to_string(file_bytes) +
                         " bytes): the file is truncated: download or convert it again");
      }
      tensor.data = reader_.file_.data() + data_begin + offsets_[i];
    }
  }

  // Every tensor has at least one byte, so comparing neighbours in file order finds any overlap.
  void check_overlaps() const {
    std::vector<const GgufTensor*> by_address;
    by_address.reserve(reader_.tensors_.size());
    for (const GgufTensor& tensor : reader_.tensors_) by_address.push_back(&tensor);
    std::sort(by_address.begin(), by_address.end(),
              [](const GgufTensor* a, const GgufTensor* b) { return a->data < b->data; });
    for (size_t i = 1; i < by_address.size(); ++i) {
      if (by_address[i - 1]->data + by_address[i - 1]->bytes > by_address[i]->data) {
        fail_tensor(*by_address[i], "overlaps " + quoted(by_address[i - 1]->name));
      }
    }
  }

  void index_tensors() {
    for (size_t i = 0; i < reader_.tensors_.size(); ++i) {
      if (!reader_.tensor_index_.emplace(reader_.tensors_[i].name, i).second) {
        fail_tensor(reader_.tensors_[i], "appears twice");
      }
    }
  }

  [[noreturn]] void fail_tensor(const GgufTensor& tensor, const std::string& problem) const {
    cursor_.fail(ErrorCode::kMalformedTensor,
                 "tensor " + quoted(tensor.name) + " " + problem + kDamaged);
  }

  GgufReader& reader_;
  ByteCursor cursor_;
  uint64_t array_budget_ = kMaxGgufArrayElements;
  std::vector<uint64_t> offsets_;
};

size_t GgufArray::size() const {
  return std::visit([](const auto& items) { return items.size(); }, values);
}

int64_t GgufTensor::rows() const {
  int64_t product = 1;
  for (size_t i = 1; i < shape.size(); ++i) product *= shape[i];
  return product;
}

std::unique_ptr<GgufReader> GgufReader::open(const std::string& path) {
  std::unique_ptr<GgufReader> reader(new GgufReader());
  reader->path_ = path;
  reader->file_ = MappedFile::open(path);
  GgufParser(*reader).parse();
  return reader;
}

bool GgufReader::powerinfer() const { return powerinfer_; }
uint32_t GgufReader::version() const { return version_; }
int64_t GgufReader::file_bytes() const { return static_cast<int64_t>(file_.size()); }
const std::vector<std::pair<std::string_view, GgufValue>>& GgufReader::metadata() const {
  return metadata_;
}
const std::vector<GgufTensor>& GgufReader::tensors() const { return tensors_; }

const GgufValue* GgufReader::find(std::string_view key) const {
  const auto found = metadata_index_.find(key);
  return found == metadata_index_.end() ? nullptr : &metadata_[found->second].second;
}

const GgufTensor* GgufReader::find_tensor(std::string_view name) const {
  const auto found = tensor_index_.find(name);
  return found == tensor_index_.end() ? nullptr : &tensors_[found->second];
}

namespace {

[[noreturn]] void fail_key(const std::string& path, std::string_view key,
                           const std::string& problem) {
  throw Error(ErrorCode::kMalformedMetadata,
              path + ": the key " + quoted(key) + " " + problem + ": convert the model again");
}

template <typename T>
T present(const std::string& path, std::string_view key, std::optional<T> value) {
  if (value) return *value;
  throw Error(ErrorCode::kMissingMetadata,
              path + ": the key " + quoted(key) +
                  " is missing: convert the model again with a current converter");
}

}  // namespace

std::optional<uint64_t> GgufReader::optional_uint(std::string_view key, uint64_t min,
                                                  uint64_t max) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  uint64_t number = 0;
  if (const auto* natural = std::get_if<uint64_t>(value)) {
    number = *natural;
  } else if (const auto* integer = std::get_if<int64_t>(value)) {
    if (*integer < 0) fail_key(path_, key, "is negative (" + std::to_string(*integer) + ")");
    number = static_cast<uint64_t>(*integer);
  } else {
    fail_key(path_, key, "is not an integer");
  }
  if (number < min || number > max) {
    fail_key(path_, key,
             "is " + std::to_string(number) + ", outside " + std::to_string(min) + " to " +
                 std::to_string(max));
  }
  return number;
}

std::optional<double> GgufReader::optional_float(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto* number = std::get_if<double>(value);
  if (number == nullptr) fail_key(path_, key, "is not a floating-point number");
  if (!std::isfinite(*number)) fail_key(path_, key, "is not finite");
  return *number;
}

std::optional<std::string_view> GgufReader::optional_string(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto* text = std::get_if<std::string_view>(value);
  if (text == nullptr) fail_key(path_, key, "is not a string");
  return *text;
}

uint64_t GgufReader::require_uint(std::string_view key, uint64_t min, uint64_t max) const {
  return present(path_, key, optional_uint(key, min, max));
}

double GgufReader::require_float(std::string_view key) const {
  return present(path_, key, optional_float(key));
}

std::string_view GgufReader::require_string(std::string_view key) const {
  return present(path_, key, optional_string(key));
}

}  // namespace bamboo
