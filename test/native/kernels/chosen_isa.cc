// Prints which instruction set kernels() chose and exits 0 if that is right for the name in
// argv[1], which is also the value of BAMBOO_FORCE_ISA ("none": not set): the forced one where this
// machine has it, else the right error, which names the choices. Run by CTest.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "bamboo/error.h"
#include "kernels/dispatch.h"

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The name of the instruction set that the kernels in use say they are, or the error's code.
std::string outcome(std::string& message) {
  try {
    return bamboo::kernels().isa;
  } catch (const bamboo::Error& error) {
    message = error.what();
    if (error.code() == bamboo::ErrorCode::kUnknownIsa) return "unknown-isa";
    if (error.code() == bamboo::ErrorCode::kUnsupportedIsa) return "unsupported-isa";
    return "another error";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string forced = argv[1];
  const std::vector<std::string> available = bamboo::available_isas();
  const bool is_available =
      std::find(available.begin(), available.end(), forced) != available.end();
  std::string message;
  const std::string actual = outcome(message);
  std::string expected = forced;
  if (forced == "none") {
    expected = available.back();
  } else if (forced == "avx9") {
    expected = "unknown-isa";
  } else if (!is_available) {
    expected = "unsupported-isa";
  }
  std::printf("%s gave %s (%s)\n", forced.c_str(), actual.c_str(), message.c_str());
  if (actual != expected) return 1;
  const bool is_error = actual == "unknown-isa" || actual == "unsupported-isa";
  if (is_error && (!contains(message, forced) || !contains(message, "portable"))) return 1;
  return 0;
}
