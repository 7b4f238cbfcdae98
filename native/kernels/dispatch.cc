#include "kernels/dispatch.h"

#include <cstdlib>
#include <string_view>

#include "bamboo/error.h"
#include "kernels/cpu_features.h"
#include "kernels/isa_tables.h"

namespace bamboo {
namespace {

struct Isa {
  std::string_view name;
  const KernelTable* (*table)();  // null: not in this build
  bool CpuFeatures::*feature;     // null: needs none
};

#if defined(BAMBOO_KERNELS_X86)
#define BAMBOO_X86_TABLE(function) &function
#else
#define BAMBOO_X86_TABLE(function) nullptr
#endif
#if defined(BAMBOO_KERNELS_NEON)
#define BAMBOO_NEON_TABLE(function) &function
#else
#define BAMBOO_NEON_TABLE(function) nullptr
#endif

// Every name there is; the last one that is available is chosen. amx stands before the ones that
// are chosen because it has not run on a CPU that has it yet (docs/adr/0007): BAMBOO_FORCE_ISA=amx
// tries it.
constexpr Isa kIsas[] = {
    {"portable", &portable_table, nullptr},
    {"amx_emulated", BAMBOO_X86_TABLE(emulated_table), &CpuFeatures::avx512bf16},
    {"amx", BAMBOO_X86_TABLE(amx_table), &CpuFeatures::amx},
    {"neon", BAMBOO_NEON_TABLE(neon_table), &CpuFeatures::neon},
    {"avx2", BAMBOO_X86_TABLE(avx2_table), &CpuFeatures::avx2},
    {"avx512vnni", BAMBOO_X86_TABLE(avx512vnni_table), &CpuFeatures::avx512vnni},
};

const CpuFeatures& cpu_features() {
  static const CpuFeatures features = detect_cpu_features();
  return features;
}

bool is_available(const Isa& isa) {
  return isa.table != nullptr && (isa.feature == nullptr || cpu_features().*isa.feature);
}

std::string refusal(const Isa& isa) {
  if (isa.table == nullptr) return "this build has no kernels for it";
  if (isa.feature == &CpuFeatures::amx) return cpu_features().amx_refusal;
  return "this CPU or its operating system lacks it";
}

template <class Names>
std::string join(const Names& names) {
  std::string text;
  for (const auto& name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::vector<std::string_view> known_names() {
  std::vector<std::string_view> names;
  for (const Isa& isa : kIsas) names.push_back(isa.name);
  return names;
}

const KernelTable& choose() {
  if (const char* forced = std::getenv("BAMBOO_FORCE_ISA"); forced != nullptr && *forced != '\0') {
    return kernels_for(forced);
  }
  return kernels_for(available_isas().back());
}

}  // namespace

const KernelTable& kernels() {
  static const KernelTable& table = choose();
  return table;
}

const KernelTable& kernels_for(const std::string& isa) {
  for (const Isa& known : kIsas) {
    if (known.name != isa) continue;
    if (is_available(known)) return *known.table();
    throw Error(ErrorCode::kUnsupportedIsa,
                "The instruction set \"" + isa + "\" is not available here: " + refusal(known) +
                    ". Set BAMBOO_FORCE_ISA to one of: " + join(available_isas()) +
                    "; or leave it unset.");
  }
  throw Error(ErrorCode::kUnknownIsa, "There is no instruction set called \"" + isa +
                                          "\". Set BAMBOO_FORCE_ISA to one of: " +
                                          join(known_names()) + "; or leave it unset.");
}

std::vector<std::string> available_isas() {
  std::vector<std::string> names;
  for (const Isa& isa : kIsas) {
    if (is_available(isa)) names.emplace_back(isa.name);
  }
  return names;
}

}  // namespace bamboo
