// A file mapped read-only into memory: the bytes that the GGUF and safetensors readers check and
// hand out views of. It knows nothing of their formats. A file shortened by someone else while
// mapped is out of its hands.
#ifndef BAMBOO_FORMAT_MAPPED_FILE_H_
#define BAMBOO_FORMAT_MAPPED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace bamboo {

class MappedFile {
 public:
  MappedFile() = default;
  // `path` is UTF-8. Throws Error: file-not-found, file-unreadable (also for a folder or a device),
  // truncated-file for an empty file.
  static MappedFile open(const std::string& path);

  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  void unmap() noexcept;

  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_MAPPED_FILE_H_
