// Writes a GGUF v3 file: metadata first, then the tensor list, then the tensors' bytes, streamed in
// the declared order. Everything goes to a temporary file beside the target, which replaces the
// target only when all of it is on disk.
#ifndef BAMBOO_FORMAT_GGUF_WRITER_H_
#define BAMBOO_FORMAT_GGUF_WRITER_H_

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "format/gguf_reader.h"
#include "tensor/dtype.h"

namespace bamboo {

enum class GgufMagic : uint8_t { kGguf, kPowerInfer };

// Use: add_* keys and tensors, then append() every tensor's bytes in the declared order, then
// finish(). An object destroyed before finish() leaves the target untouched and removes the
// temporary file. All functions throw Error: invalid-argument for a wrong order, a repeated name or
// an impossible shape, file-write-failed when the disk refuses.
class GgufWriter {
 public:
  static constexpr uint64_t kAlignment = 32;

  // `path` is UTF-8. Creates the temporary file at once, so that an unwritable folder is reported
  // before any work.
  GgufWriter(const std::string& path, GgufMagic magic);
  ~GgufWriter();
  GgufWriter(const GgufWriter&) = delete;
  GgufWriter& operator=(const GgufWriter&) = delete;

  void add_uint32(std::string_view key, uint32_t value);
  void add_uint64(std::string_view key, uint64_t value);
  void add_int32(std::string_view key, int32_t value);
  void add_float32(std::string_view key, float value);
  void add_bool(std::string_view key, bool value);
  void add_string(std::string_view key, std::string_view value);
  void add_strings(std::string_view key, const std::vector<std::string>& values);
  void add_floats(std::string_view key, const std::vector<float>& values);
  void add_ints(std::string_view key, const std::vector<int32_t>& values);

  // shape[0] is the contiguous dimension, as in GgufTensor.
  void add_tensor(std::string_view name, DType dtype, const std::vector<int64_t>& shape);

  // The next `bytes` bytes of `tensor`, which must be the first declared tensor that is not
  // complete yet.
  void append(std::string_view tensor, const uint8_t* data, size_t bytes);

  // Checks that every tensor is complete, flushes to disk and renames over the target. Returns the
  // file's size in bytes.
  int64_t finish();

 private:
  struct Entry {
    std::string name;
    DType dtype;
    std::vector<int64_t> shape;
    uint64_t bytes;
    uint64_t offset;
  };

  void begin_key(std::string_view key, GgufType type);
  void begin_array(std::string_view key, GgufType element_type, size_t count);
  void write_header();
  void write(const void* data, size_t bytes);
  void pad();
  [[noreturn]] void fail_write(const std::string& what) const;
  [[noreturn]] void fail_argument(const std::string& problem) const;

  std::string path_;
  std::string temporary_path_;
  std::FILE* file_ = nullptr;
  GgufMagic magic_;
  bool finished_ = false;
  bool header_written_ = false;
  std::string metadata_;  // serialized keys
  std::vector<std::string> keys_;
  std::vector<Entry> tensors_;
  uint64_t data_bytes_ = 0;     // of the declared tensors, with padding
  size_t current_ = 0;          // index of the tensor being appended
  uint64_t current_bytes_ = 0;  // appended to it so far
  uint64_t file_bytes_ = 0;
};

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_GGUF_WRITER_H_
