// What is in a model file, for people: the header, the metadata and the tensor list, without
// loading the model. Part of the public API: the addon and the CLI call it.
#ifndef BAMBOO_INSPECT_H_
#define BAMBOO_INSPECT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bamboo {

// Numbers are doubles, as in JavaScript.
using SummaryScalar = std::variant<std::string, double, bool>;
using SummaryValue = std::variant<std::string, double, bool, std::vector<SummaryScalar>>;

struct TensorSummary {
  std::string name;
  std::string type;            // "q8_0"
  std::vector<int64_t> shape;  // GGUF order: shape[0] is the contiguous dimension
  int64_t bytes = 0;
};

struct FileSummary {
  std::string magic;  // "GGUF" or "PWRI"
  uint32_t version = 0;
  int64_t file_bytes = 0;
  // In file order. An array longer than 16 is the string "[type; length]", a string longer than
  // 4096 bytes "[string of N bytes]".
  std::vector<std::pair<std::string, SummaryValue>> metadata;
  std::vector<TensorSummary> tensors;
};

// Throws the errors of GgufReader::open.
FileSummary inspect(const std::string& path);

}  // namespace bamboo

#endif  // BAMBOO_INSPECT_H_
