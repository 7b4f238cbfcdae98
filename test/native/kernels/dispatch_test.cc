// Which instruction sets can be asked for, and what happens with the others.
#include "kernels/dispatch.h"

#include <gtest/gtest.h>

#include "bamboo/error.h"

namespace bamboo {
namespace {

ErrorCode code_for(const std::string& isa) {
  try {
    kernels_for(isa);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

TEST(Dispatch, PortableIsAlwaysAvailableAndFirst) {
  EXPECT_EQ(available_isas().front(), "portable");
}

TEST(Dispatch, EveryAvailableNameGivesTheTableOfThatName) {
  for (const std::string& isa : available_isas()) EXPECT_EQ(kernels_for(isa).isa, isa);
}

TEST(Dispatch, EveryTableIsComplete) {
  for (const std::string& isa : available_isas()) {
    const KernelTable& table = kernels_for(isa);
    // A table is the name and function pointers only, so a missing kernel is a null word.
    const auto* words = reinterpret_cast<const void* const*>(&table);
    // The last word may be null: prefill then has no kernels of its own.
    for (size_t i = 0; i + 1 < sizeof(KernelTable) / sizeof(void*); ++i) {
      EXPECT_NE(words[i], nullptr) << isa << ", entry " << i;
    }
  }
}

TEST(Dispatch, AnUnknownNameIsATypedErrorThatListsTheChoices) {
  try {
    kernels_for("sse9");
    FAIL() << "sse9 was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnknownIsa);
    const std::string message = error.what();
    for (const char* name : {"sse9", "portable", "avx2", "avx512vnni", "amx", "neon"}) {
      EXPECT_NE(message.find(name), std::string::npos) << name;
    }
  }
}

TEST(Dispatch, OnlyTablesWithTilesHavePrefillKernelsOfTheirOwn) {
  for (const std::string& isa : available_isas()) {
    EXPECT_EQ(kernels_for(isa).prefill != nullptr, isa.rfind("amx", 0) == 0) << isa;
  }
}

TEST(Dispatch, AmxThatCannotBeUsedIsATypedErrorThatSaysWhy) {
  try {
    kernels_for("amx");
    GTEST_SKIP() << "this CPU has AMX and the operating system lets us use it";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupportedIsa);
#if defined(__x86_64__)
    EXPECT_NE(std::string(error.what()).find("AMX"), std::string::npos) << error.what();
#endif
  }
}

TEST(Dispatch, EmulatedTilesAreNeverChosenUnasked) {
  EXPECT_NE(available_isas().back(), "amx_emulated");
}

TEST(Dispatch, InstructionSetsOfAnotherProcessorAreUnsupported) {
#if defined(__x86_64__)
  EXPECT_EQ(code_for("neon"), ErrorCode::kUnsupportedIsa);
#elif defined(__aarch64__)
  EXPECT_EQ(code_for("avx2"), ErrorCode::kUnsupportedIsa);
  EXPECT_EQ(code_for("avx512vnni"), ErrorCode::kUnsupportedIsa);
#endif
}

TEST(Dispatch, TheChoiceIsKept) { EXPECT_EQ(&kernels(), &kernels()); }

}  // namespace
}  // namespace bamboo
