// Reads a GGUF v3 file (magic GGUF, or PWRI for PowerInfer's dialect) from a memory map and trusts
// nothing in it: every offset, size, count and string is checked against the file before it is
// used.
#ifndef BAMBOO_FORMAT_GGUF_READER_H_
#define BAMBOO_FORMAT_GGUF_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "format/mapped_file.h"
#include "tensor/dtype.h"

namespace bamboo {

// Numbers in the order of the GGUF specification.
enum class GgufType : uint32_t {
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kFloat32,
  kBool,
  kString,
  kArray,
  kUint64,
  kInt64,
  kFloat64,
};

// An array of scalars or strings; nested arrays are refused as malformed metadata.
struct GgufArray {
  GgufType element_type = GgufType::kUint8;
  std::variant<std::vector<uint64_t>, std::vector<int64_t>, std::vector<double>,
               std::vector<std::string_view>>
      values;
  size_t size() const;
};

// Integers are widened; strings point into the map and live as long as the reader.
using GgufValue = std::variant<uint64_t, int64_t, double, bool, std::string_view, GgufArray>;

struct GgufTensor {
  std::string_view name;
  DType dtype = DType::kF32;
  std::vector<int64_t>
      shape;  // GGUF order: shape[0] is the contiguous dimension; 1 to 4 entries, each >= 1
  const uint8_t* data = nullptr;
  int64_t bytes = 0;

  int64_t cols() const { return shape[0]; }
  int64_t rows() const;  // product of the other dimensions
  MatrixView matrix() const { return {dtype, data, rows(), cols()}; }
};

class GgufReader {
 public:
  // Throws Error: file-not-found, file-unreadable, bad-magic, unsupported-version, truncated-file,
  // malformed-header, malformed-metadata, malformed-tensor, unsupported-tensor-type. Messages name
  // the key or tensor.
  static std::unique_ptr<GgufReader> open(const std::string& path);

  bool powerinfer() const;  // magic PWRI
  uint32_t version() const;
  int64_t file_bytes() const;

  // In file order.
  const std::vector<std::pair<std::string_view, GgufValue>>& metadata() const;
  const std::vector<GgufTensor>& tensors() const;

  const GgufValue* find(std::string_view key) const;           // nullptr when absent
  const GgufTensor* find_tensor(std::string_view name) const;  // nullptr when absent

  // Typed access. require_*: missing-metadata when absent. All: malformed-metadata when the type or
  // range is wrong.
  uint64_t require_uint(std::string_view key, uint64_t min, uint64_t max) const;
  std::optional<uint64_t> optional_uint(std::string_view key, uint64_t min, uint64_t max) const;
  double require_float(std::string_view key) const;  // finite
  std::optional<double> optional_float(std::string_view key) const;
  std::string_view require_string(std::string_view key) const;
  std::optional<std::string_view> optional_string(std::string_view key) const;

 private:
  friend class GgufParser;
  GgufReader() = default;

  std::string path_;
  MappedFile file_;
  bool powerinfer_ = false;
  uint32_t version_ = 0;
  std::vector<std::pair<std::string_view, GgufValue>> metadata_;
  std::vector<GgufTensor> tensors_;
  std::unordered_map<std::string_view, size_t> metadata_index_;
  std::unordered_map<std::string_view, size_t> tensor_index_;
};

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_GGUF_READER_H_
