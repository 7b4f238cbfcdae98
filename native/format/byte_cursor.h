// Walks the header of a binary file front to back and never past its end. Little-endian fields
// only. What the fields mean is the caller's business.
#ifndef BAMBOO_FORMAT_BYTE_CURSOR_H_
#define BAMBOO_FORMAT_BYTE_CURSOR_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "bamboo/error.h"

namespace bamboo {

static_assert(std::endian::native == std::endian::little,
              "model files are read in place as little endian");

class ByteCursor {
 public:
  // `origin` is the file's path, for messages. The bytes must outlive the cursor.
  ByteCursor(const uint8_t* data, size_t size, std::string origin)
      : data_(data), size_(size), origin_(std::move(origin)) {}

  size_t position() const { return position_; }
  size_t remaining() const { return size_ - position_; }
  const std::string& origin() const { return origin_; }

  template <typename T>
  T read(std::string_view what) {
    static_assert(std::is_arithmetic_v<T>);
    require(sizeof(T), what);
    T value;
    std::memcpy(&value, data_ + position_, sizeof(T));
    position_ += sizeof(T);
    return value;
  }

  std::string_view read_bytes(uint64_t count, std::string_view what) {
    require(count, what);
    const std::string_view bytes(reinterpret_cast<const char*>(data_ + position_),
                                 static_cast<size_t>(count));
    position_ += static_cast<size_t>(count);
    return bytes;
  }

  // Throws truncated-file unless `count` items of at least `bytes_each` bytes can still follow, so
  // that a made-up count fails before anything is allocated for it.
  void require_items(uint64_t count, uint64_t bytes_each, std::string_view what) const {
    if (count > remaining() / bytes_each) fail_truncated(what);
  }

  [[noreturn]] void fail(ErrorCode code, const std::string& message) const {
    throw Error(code, origin_ + ": " + message);
  }

 private:
  void require(uint64_t count, std::string_view what) const {
    if (count > remaining()) fail_truncated(what);
  }

  [[noreturn]] void fail_truncated(std::string_view what) const {
    fail(ErrorCode::kTruncatedFile,
         std::string(what) + " runs past the end of the file (" + std::to_string(size_) +
             " bytes): the file is truncated: download or convert it again");
  }

  const uint8_t* data_;
  size_t size_;
  size_t position_ = 0;
  std::string origin_;
};

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_BYTE_CURSOR_H_
