// libFuzzer target for the GGUF reader: any bytes either load or throw bamboo::Error.
// Built only with clang and -DBAMBOO_FUZZ=ON; run it as `gguf_fuzzer -max_len=65536 corpus/`.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "bamboo/error.h"
#include "format/gguf_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // The reader takes a path; a file in memory has one and costs no disk access.
  const int fd = ::memfd_create("fuzz.gguf", MFD_CLOEXEC);
  if (fd < 0) return 0;
  size_t written = 0;
  while (written < size) {
    const ssize_t n = ::write(fd, data + written, size - written);
    if (n <= 0) break;
    written += static_cast<size_t>(n);
  }
  try {
    const auto reader = bamboo::GgufReader::open("/proc/self/fd/" + std::to_string(fd));
    volatile uint64_t sum = 0;
    for (const auto& [key, value] : reader->metadata()) sum = sum + key.size() + value.index();
    for (const bamboo::GgufTensor& tensor : reader->tensors()) {
      for (int64_t i = 0; i < tensor.bytes; ++i) sum = sum + tensor.data[i];
    }
  } catch (const bamboo::Error&) {
    // A refused file is the expected outcome; anything else ends the run as a finding.
  }
  ::close(fd);
  return 0;
}
