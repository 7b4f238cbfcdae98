#include "kernels/cpu_features.h"

#if defined(__x86_64__)
#include <cpuid.h>

#include <cstdint>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace bamboo {

#if defined(__x86_64__)
namespace {

constexpr bool has(uint32_t bits, int index) { return (bits >> index & 1u) != 0; }

// Extended control register 0: which register states the OS saves on a context switch.
uint64_t read_xcr0() {
  uint32_t low = 0;
  uint32_t high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

// Linux gives a process the tiles only when it asks (Documentation/arch/x86/xstate.rst): they are
// 8 KB more to save for each thread.
bool may_use_tiles() {
#if defined(__linux__)
  constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr int kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

// Why the tiles cannot be used; null if they can. d: of CPUID leaf 7.
const char* find_amx_refusal(const CpuFeatures& features, uint32_t d, uint64_t saved) {
  if (!features.avx512bf16 || !has(d, 22) || !has(d, 24)) return "this CPU has no AMX";
  if ((saved & 0x60000) != 0x60000) {  // tile configuration, tile data
    return "the operating system does not save the AMX tiles";
  }
  return may_use_tiles() ? nullptr : "the operating system does not let this process use AMX";
}

}  // namespace

// Bit numbers: Intel SDM volume 2, CPUID leaves 1 and 7; volume 1, 13.3 for XCR0.
CpuFeatures detect_cpu_features() {
  CpuFeatures features;
  uint32_t a = 0;
  uint32_t b = 0;
  uint32_t c = 0;
  uint32_t d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return features;
  const bool has_osxsave = has(c, 27);
  const bool has_fma = has(c, 12);
  const bool has_f16c = has(c, 29);
  if (!has_osxsave || !has_fma || !has_f16c) return features;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return features;
  const uint64_t saved = read_xcr0();
  const bool saves_ymm = (saved & 0x06) == 0x06;  // xmm, ymm
  const bool saves_zmm = (saved & 0xe6) == 0xe6;  // and masks, zmm 0-15 upper halves, zmm 16-31
  features.avx2 = saves_ymm && has(b, 5);
  features.avx512vnni = features.avx2 && saves_zmm && has(b, 16) && has(b, 17) && has(b, 30) &&
                        has(b, 31) && has(c, 11);  // F, DQ, BW, VL; VNNI
  const uint32_t leaf7_d = d;
  features.avx512bf16 =
      features.avx512vnni && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && has(a, 5);
  features.amx_refusal = find_amx_refusal(features, leaf7_d, saved);
  features.amx = features.amx_refusal == nullptr;
  return features;
}

#elif defined(__aarch64__)

CpuFeatures detect_cpu_features() {
  CpuFeatures features;
#if defined(__linux__)
  constexpr unsigned long kAsimdHalf = 1ul << 10;        // HWCAP_ASIMDHP
  constexpr unsigned long kAsimdDotProduct = 1ul << 20;  // HWCAP_ASIMDDP
  constexpr unsigned long kNeeded = kAsimdHalf | kAsimdDotProduct;
  features.neon = (getauxval(AT_HWCAP) & kNeeded) == kNeeded;
#elif defined(__APPLE__)
  features.neon = true;  // every Apple silicon Mac
#endif
  return features;
}

#else

CpuFeatures detect_cpu_features() { return {}; }

#endif

}  // namespace bamboo
