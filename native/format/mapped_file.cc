// Memory mapping on POSIX systems and on Windows, with the system's reason in every error.
#include "format/mapped_file.h"

#include <limits>
#include <utility>

#include "bamboo/error.h"

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

#include <filesystem>
#else
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#endif

namespace bamboo {
namespace {

[[noreturn]] void fail_not_found(const std::string& path) {
  throw Error(ErrorCode::kFileNotFound, path + ": there is no such file: check the path");
}

[[noreturn]] void fail_unreadable(const std::string& path, const std::string& reason) {
  throw Error(ErrorCode::kFileUnreadable, path + ": cannot be read (" + reason +
                                              "): check that it is a file and its permissions");
}

size_t checked_size(const std::string& path, uint64_t bytes) {
  if (bytes == 0) {
    throw Error(ErrorCode::kTruncatedFile, path + ": is empty: download or convert it again");
  }
  if (bytes > static_cast<uint64_t>(std::numeric_limits<ptrdiff_t>::max())) {
    fail_unreadable(path, "too large for this system's address space");
  }
  return static_cast<size_t>(bytes);
}

}  // namespace

#ifdef _WIN32

namespace {

std::string windows_reason() { return "Windows error " + std::to_string(GetLastError()); }

// Closes the handle on every path out of open().
struct HandleCloser {
  HANDLE handle;
  ~HandleCloser() {
    if (handle != nullptr && handle != INVALID_HANDLE_VALUE) CloseHandle(handle);
  }
};

}  // namespace

MappedFile MappedFile::open(const std::string& path) {
  const std::filesystem::path wide(std::u8string(path.begin(), path.end()));
  const HandleCloser file{CreateFileW(wide.c_str(), GENERIC_READ,
                                      FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                      FILE_ATTRIBUTE_NORMAL, nullptr)};
  if (file.handle == INVALID_HANDLE_VALUE) {
    const DWORD reason = GetLastError();
    if (reason == ERROR_FILE_NOT_FOUND || reason == ERROR_PATH_NOT_FOUND) fail_not_found(path);
    fail_unreadable(path, "Windows error " + std::to_string(reason));
  }
  LARGE_INTEGER bytes;
  if (!GetFileSizeEx(file.handle, &bytes)) fail_unreadable(path, windows_reason());
  MappedFile mapped;
  mapped.size_ = checked_size(path, static_cast<uint64_t>(bytes.QuadPart));
  const HandleCloser mapping{
      CreateFileMappingW(file.handle, nullptr, PAGE_READONLY, 0, 0, nullptr)};
  if (mapping.handle == nullptr) fail_unreadable(path, windows_reason());
  mapped.data_ = static_cast<const uint8_t*>(MapViewOfFile(mapping.handle, FILE_MAP_READ, 0, 0, 0));
  if (mapped.data_ == nullptr) fail_unreadable(path, windows_reason());
  return mapped;
}

void MappedFile::unmap() noexcept {
  if (data_ != nullptr) UnmapViewOfFile(data_);
}

#else

MappedFile MappedFile::open(const std::string& path) {
  // O_NONBLOCK keeps a named pipe from blocking the open; it changes nothing for a regular file.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    const int reason = errno;
    if (reason == ENOENT || reason == ENOTDIR) fail_not_found(path);
    fail_unreadable(path, std::strerror(reason));
  }
  struct FdCloser {
    int fd;
    ~FdCloser() { ::close(fd); }
  } const closer{fd};

  struct stat status;
  if (::fstat(fd, &status) != 0) fail_unreadable(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) fail_unreadable(path, "not a regular file");
  const size_t size = checked_size(path, static_cast<uint64_t>(status.st_size));
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (address == MAP_FAILED) fail_unreadable(path, std::strerror(errno));
  MappedFile mapped;
  mapped.data_ = static_cast<const uint8_t*>(address);
  mapped.size_ = size;
  return mapped;
}

void MappedFile::unmap() noexcept {
  if (data_ != nullptr) ::munmap(const_cast<uint8_t*>(data_), size_);
}

#endif

MappedFile::~MappedFile() { unmap(); }

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  if (this != &other) {
    unmap();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

}  // namespace bamboo
