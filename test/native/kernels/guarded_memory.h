// Arrays right beside an unreadable page: a kernel that reads one byte too far crashes there.
#ifndef BAMBOO_TEST_KERNELS_GUARDED_MEMORY_H_
#define BAMBOO_TEST_KERNELS_GUARDED_MEMORY_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace bamboo {

// `bytes` bytes whose end (or, with front, whose beginning) touches an unreadable page.
class Guarded {
 public:
  explicit Guarded(size_t bytes, bool at_front = false) : bytes_(bytes) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    inner_ = (bytes + page - 1) / page * page;
    total_ = inner_ + 2 * page;
    void* mapped =
        mmap(nullptr, total_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    start_ = static_cast<uint8_t*>(mapped);
    if (mprotect(start_, page, PROT_NONE) != 0 ||
        mprotect(start_ + page + inner_, page, PROT_NONE) != 0) {
      throw std::bad_alloc();
    }
    data_ = at_front ? start_ + page : start_ + page + inner_ - bytes;
  }
  ~Guarded() { munmap(start_, total_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  template <class T>
  T* fill(const T* source) {
    std::memcpy(data_, source, bytes_);
    return reinterpret_cast<T*>(data_);
  }

 private:
  size_t bytes_;
  size_t inner_;
  size_t total_;
  uint8_t* start_;
  uint8_t* data_;
};

inline float* guarded(std::vector<std::unique_ptr<Guarded>>& keep,
                      const std::vector<float>& values) {
  keep.push_back(std::make_unique<Guarded>(values.size() * sizeof(float)));
  return keep.back()->fill(values.data());
}

}  // namespace bamboo

#endif  // BAMBOO_TEST_KERNELS_GUARDED_MEMORY_H_
