// Reads a safetensors file from a memory map: a JSON header with shapes and offsets, all checked,
// then raw tensors. It knows element types and shapes, not what the tensors are for.
#ifndef BAMBOO_FORMAT_SAFETENSORS_READER_H_
#define BAMBOO_FORMAT_SAFETENSORS_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "format/mapped_file.h"
#include "tensor/dtype.h"

namespace bamboo {

struct SafetensorsTensor {
  std::string name;
  DType dtype = DType::kF32;  // F32, F16 or BF16
  std::vector<int64_t>
      shape;  // safetensors order: the last dimension is contiguous; 0 to 8 entries
  const uint8_t* data = nullptr;  // any alignment; lives as long as the reader
  int64_t bytes = 0;

  int64_t elements() const;
};

class SafetensorsReader {
 public:
  // Throws Error: file-not-found, file-unreadable, truncated-file, malformed-header,
  // malformed-tensor, unsupported-tensor-type. Messages name the tensor.
  static std::unique_ptr<SafetensorsReader> open(const std::string& path);

  const std::string& path() const { return path_; }
  const std::vector<SafetensorsTensor>& tensors() const { return tensors_; }  // in file order
  const SafetensorsTensor* find(std::string_view name) const;                 // nullptr when absent

 private:
  SafetensorsReader() = default;
  void parse();
  void check_overlaps() const;

  std::string path_;
  MappedFile file_;
  std::vector<SafetensorsTensor> tensors_;
  std::unordered_map<std::string_view, size_t> index_;
};

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_SAFETENSORS_READER_H_
