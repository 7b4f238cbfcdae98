// The byte layout of GGUF v3 and the temporary-file-then-rename protocol.
#include "format/gguf_writer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>

#include "bamboo/error.h"
#include "format/gguf_metadata.h"

#ifdef _WIN32
#include <io.h>
#include <process.h>
#else
#include <unistd.h>
#endif

namespace bamboo {
namespace {

std::filesystem::path native_path(const std::string& utf8) {
  return std::filesystem::path(std::u8string(utf8.begin(), utf8.end()));
}

std::FILE* open_exclusive(const std::string& path) {
#ifdef _WIN32
  return _wfopen(native_path(path).c_str(), L"wbx");
#else
  return std::fopen(path.c_str(), "wbxe");
#endif
}

bool flush_to_disk(std::FILE* file) {
  if (std::fflush(file) != 0) return false;
#ifdef _WIN32
  return _commit(_fileno(file)) == 0;
#else
  return ::fsync(fileno(file)) == 0;
#endif
}

int process_id() {
#ifdef _WIN32
  return _getpid();
#else
  return static_cast<int>(::getpid());
#endif
}

template <typename T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

void put_string(std::string& out, std::string_view text) {
  put(out, static_cast<uint64_t>(text.size()));
  out.append(text);
}

constexpr uint64_t align_up(uint64_t bytes) {
  return (bytes + GgufWriter::kAlignment - 1) / GgufWriter::kAlignment * GgufWriter::kAlignment;
}

}  // namespace

GgufWriter::GgufWriter(const std::string& path, GgufMagic magic) : path_(path), magic_(magic) {
  // The process id keeps two converters apart; a leftover of a killed one with the same id is tried
  // past.
  for (int attempt = 0; attempt < 100 && file_ == nullptr; ++attempt) {
    temporary_path_ =
        path + ".partial-" + std::to_string(process_id()) + "-" + std::to_string(attempt);
    file_ = open_exclusive(temporary_path_);
    if (file_ == nullptr && errno != EEXIST) break;
  }
  if (file_ == nullptr) fail_write("cannot create " + temporary_path_);
}

GgufWriter::~GgufWriter() {
  if (file_ != nullptr) std::fclose(file_);
  if (!finished_) {
    std::error_code ignored;
    std::filesystem::remove(native_path(temporary_path_), ignored);
  }
}

void GgufWriter::begin_key(std::string_view key, GgufType type) {
  if (header_written_) fail_argument("a key is added after the first tensor's bytes");
  if (key.empty() || key.size() > kMaxGgufNameBytes) fail_argument("a key is empty or too long");
  if (std::find(keys_.begin(), keys_.end(), key) != keys_.end())
    fail_argument("the key " + std::string(key) + " is added twice");
  keys_.emplace_back(key);
  put_string(metadata_, key);
  put(metadata_, static_cast<uint32_t>(type));
}

void GgufWriter::begin_array(std::string_view key, GgufType element_type, size_t count) {
  begin_key(key, GgufType::kArray);
  put(metadata_, static_cast<uint32_t>(element_type));
  put(metadata_, static_cast<uint64_t>(count));
}

void GgufWriter::add_uint32(std::string_view key, uint32_t value) {
  begin_key(key, GgufType::kUint32);
  put(metadata_, value);
}

void GgufWriter::add_uint64(std::string_view key, uint64_t value) {
  begin_key(key, GgufType::kUint64);
  put(metadata_, value);
}

void GgufWriter::add_int32(std::string_view key, int32_t value) {
  begin_key(key, GgufType::kInt32);
  put(metadata_, value);
}

void GgufWriter::add_float32(std::string_view key, float value) {
  begin_key(key, GgufType::kFloat32);
  put(metadata_, value);
}

void GgufWriter::add_bool(std::string_view key, bool value) {
  begin_key(key, GgufType::kBool);
  put(metadata_, static_cast<uint8_t>(value ? 1 : 0));
}

void GgufWriter::add_string(std::string_view key, std::string_view value) {
  begin_key(key, GgufType::kString);
  put_string(metadata_, value);
}

void GgufWriter::add_strings(std::string_view key, const std::vector<std::string>& values) {
  begin_array(key, GgufType::kString, values.size());
  for (const std::string& value : values) put_string(metadata_, value);
}

void GgufWriter::add_floats(std::string_view key, const std::vector<float>& values) {
  begin_array(key, GgufType::kFloat32, values.size());
  for (const float value : values) put(metadata_, value);
}

void GgufWriter::add_ints(std::string_view key, const std::vector<int32_t>& values) {
  begin_array(key, GgufType::kInt32, values.size());
  for (const int32_t value : values) put(metadata_, value);
}

void GgufWriter::add_tensor(std::string_view name, DType dtype, const std::vector<int64_t>& shape) {
  const std::string quoted = "tensor '" + std::string(name) + "'";
  if (header_written_) fail_argument(quoted + " is added after the first tensor's bytes");
  if (name.empty() || name.size() > kMaxGgufNameBytes)
    fail_argument("a tensor name is empty or too long");
  if (shape.empty() || shape.size() > 4) fail_argument(quoted + " needs 1 to 4 dimensions");
  const bool repeated =
      std::any_of(tensors_.begin(), tensors_.end(), [&](const Entry& e) { return e.name == name; });
  if (repeated) fail_argument(quoted + " is added twice");
  constexpr int64_t kMaxElements = std::numeric_limits<int64_t>::max() / 8;
  int64_t elements = 1;
  for (const int64_t dimension : shape) {
    if (dimension < 1 || dimension > kMaxElements / elements)
      fail_argument(quoted + " has an impossible shape");
    elements *= dimension;
  }
  if (shape[0] % traits(dtype).block_elements != 0) {
    fail_argument(
        quoted + " has rows of " + std::to_string(shape[0]) + " elements, not a multiple of the " +
        std::to_string(traits(dtype).block_elements) + " of a " + traits(dtype).name + " block");
  }
  const uint64_t bytes = static_cast<uint64_t>(elements / shape[0] * row_bytes(dtype, shape[0]));
  tensors_.push_back({std::string(name), dtype, shape, bytes, data_bytes_});
  data_bytes_ += align_up(bytes);
}

void GgufWriter::write_header() {
  std::string header = magic_ == GgufMagic::kGguf ? "GGUF" : "PWRI";
  put(header, uint32_t{3});
  put(header, static_cast<uint64_t>(tensors_.size()));
  put(header, static_cast<uint64_t>(keys_.size()));
  header += metadata_;
  for (const Entry& tensor : tensors_) {
    put_string(header, tensor.name);
    put(header, static_cast<uint32_t>(tensor.shape.size()));
    for (const int64_t dimension : tensor.shape) put(header, static_cast<uint64_t>(dimension));
    put(header, traits(tensor.dtype).ggml_type);
    put(header, tensor.offset);
  }
  header_written_ = true;
  write(header.data(), header.size());
  pad();
}

void GgufWriter::append(std::string_view tensor, const uint8_t* data, size_t bytes) {
  if (!header_written_) write_header();
  if (current_ == tensors_.size() || tensors_[current_].name != tensor) {
    fail_argument("tensor '" + std::string(tensor) + "' is written out of order");
  }
  const Entry& entry = tensors_[current_];
  if (bytes > entry.bytes - current_bytes_)
    fail_argument("tensor '" + entry.name + "' gets more bytes than declared");
  write(data, bytes);
  current_bytes_ += bytes;
  if (current_bytes_ == entry.bytes) {
    pad();
    current_ += 1;
    current_bytes_ = 0;
  }
}

int64_t GgufWriter::finish() {
  if (!header_written_) write_header();
  if (current_ != tensors_.size())
    fail_argument("tensor '" + tensors_[current_].name + "' is incomplete");
  const bool flushed = flush_to_disk(file_);
  const int flush_reason = errno;
  const bool closed = std::fclose(file_) == 0;
  file_ = nullptr;
  if (!flushed || !closed) {
    if (!flushed) errno = flush_reason;
    fail_write("cannot write " + temporary_path_);
  }
  std::error_code reason;
  std::filesystem::rename(native_path(temporary_path_), native_path(path_), reason);
  if (reason) {
    throw Error(ErrorCode::kFileWriteFailed, path_ + ": cannot be replaced (" + reason.message() +
                                                 "): check the folder's permissions");
  }
  finished_ = true;
  return static_cast<int64_t>(file_bytes_);
}

void GgufWriter::write(const void* data, size_t bytes) {
  if (bytes != 0 && std::fwrite(data, 1, bytes, file_) != bytes)
    fail_write("cannot write " + temporary_path_);
  file_bytes_ += bytes;
}

void GgufWriter::pad() {
  static constexpr uint8_t kZeros[kAlignment] = {};
  write(kZeros, static_cast<size_t>(align_up(file_bytes_) - file_bytes_));
}

void GgufWriter::fail_write(const std::string& what) const {
  throw Error(ErrorCode::kFileWriteFailed,
              what + " (" + std::strerror(errno) +
                  "): check the folder's permissions and the free disk space");
}

void GgufWriter::fail_argument(const std::string& problem) const {
  throw Error(ErrorCode::kInvalidArgument, path_ + ": " + problem);
}

}  // namespace bamboo
