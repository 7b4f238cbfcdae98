// What the CPU can run and the operating system lets it run. Read once by dispatch.cc.
#ifndef BAMBOO_KERNELS_CPU_FEATURES_H_
#define BAMBOO_KERNELS_CPU_FEATURES_H_

namespace bamboo {

// Each flag stands for everything that the kernel files of that name are compiled for.
struct CpuFeatures {
  bool avx2 = false;  // AVX2, FMA, F16C; the OS saves the ymm registers
  bool avx512vnni =
      false;  // AVX-512 F, BW, VL, DQ, VNNI besides; the OS saves the zmm and mask registers
  bool avx512bf16 = false;  // besides: conversion to bf16
  bool amx = false;  // besides: AMX tiles and bf16 products; the OS lets this process use them
  const char* amx_refusal = "this CPU has no AMX";  // why amx is false
  bool neon = false;                                // AArch64 with the int8 dot product
};

// On Linux it also asks the OS for leave to use the tiles, which is given once for the process.
CpuFeatures detect_cpu_features();

}  // namespace bamboo

#endif  // BAMBOO_KERNELS_CPU_FEATURES_H_
