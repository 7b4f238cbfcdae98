// Builds GGUF files byte by byte, so that a test can state anything the format allows or forbids.
// It shares no code with GgufWriter: a mistake there must not hide here.
#ifndef BAMBOO_TEST_FORMAT_GGUF_BYTES_H_
#define BAMBOO_TEST_FORMAT_GGUF_BYTES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bamboo {

template <typename T>
std::string raw(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

inline std::string raw_string(const std::string& text) { return raw(uint64_t{text.size()}) + text; }

struct GgufBytes {
  struct Tensor {
    std::string name;
    std::vector<uint64_t> shape;
    uint32_t type;
    uint64_t offset;
  };

  std::string magic = "GGUF";
  uint32_t version = 3;
  std::vector<std::string> keys;  // each: key, type number and value
  std::vector<Tensor> tensors;
  std::string data;
  uint64_t alignment = 32;
  std::optional<uint64_t> claimed_keys;     // instead of keys.size()
  std::optional<uint64_t> claimed_tensors;  // instead of tensors.size()

  void key(const std::string& name, uint32_t type, const std::string& value) {
    keys.push_back(raw_string(name) + raw(type) + value);
  }

  std::string bytes() const {
    std::string out = magic + raw(version) + raw(claimed_tensors.value_or(tensors.size())) +
                      raw(claimed_keys.value_or(keys.size()));
    for (const std::string& entry : keys) out += entry;
    for (const Tensor& tensor : tensors) {
      out += raw_string(tensor.name) + raw(static_cast<uint32_t>(tensor.shape.size()));
      for (const uint64_t dimension : tensor.shape) out += raw(dimension);
      out += raw(tensor.type) + raw(tensor.offset);
    }
    if (alignment != 0) out.append((alignment - out.size() % alignment) % alignment, '\0');
    return out + data;
  }
};

// One key of every scalar type, arrays, and three tensors; the last byte of the file is the last
// tensor's.
inline GgufBytes small_gguf() {
  GgufBytes file;
  file.key("general.architecture", 8, raw_string("bamboo"));
  file.key("a.u8", 0, raw(uint8_t{200}));
  file.key("a.i8", 1, raw(int8_t{-5}));
  file.key("a.u16", 2, raw(uint16_t{60000}));
  file.key("a.i16", 3, raw(int16_t{-30000}));
  file.key("a.u32", 4, raw(uint32_t{4000000000}));
  file.key("a.i32", 5, raw(int32_t{-7}));
  file.key("a.f32", 6, raw(1.5f));
  file.key("a.bool", 7, raw(uint8_t{1}));
  file.key("a.u64", 10, raw(uint64_t{1} << 40));
  file.key("a.i64", 11, raw(-(int64_t{1} << 40)));
  file.key("a.f64", 12, raw(0.1));
  file.key("a.strings", 9,
           raw(uint32_t{8}) + raw(uint64_t{2}) + raw_string("one") + raw_string(""));
  file.key("a.floats", 9, raw(uint32_t{6}) + raw(uint64_t{2}) + raw(0.5f) + raw(-2.0f));
  file.key("a.bools", 9, raw(uint32_t{7}) + raw(uint64_t{2}) + raw(uint8_t{0}) + raw(uint8_t{1}));
  file.key("a.ints", 9, raw(uint32_t{5}) + raw(uint64_t{1}) + raw(int32_t{-9}));
  file.key("a.empty", 9, raw(uint32_t{4}) + raw(uint64_t{0}));
  file.tensors = {
      {"first", {4}, 0, 0}, {"second", {32, 2}, 8, 32}, {"third", {4, 2, 2, 1}, 1, 128}};
  file.data = raw(1.0f) + raw(2.0f) + raw(3.0f) + raw(4.0f) + std::string(16, '\0');
  file.data += std::string(68, '\x11') + std::string(28, '\0');
  file.data += std::string(32, '\x22');
  return file;
}

}  // namespace bamboo

#endif  // BAMBOO_TEST_FORMAT_GGUF_BYTES_H_
