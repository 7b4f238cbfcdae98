// Chosen metadata of a model file in full, where inspect.h abbreviates it for people: a vocabulary,
// for one. Part of the public API: the addon hands it to the tokenizer.
#ifndef BAMBOO_METADATA_H_
#define BAMBOO_METADATA_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bamboo {

// Strings in a row: string i is bytes[offsets[i] .. offsets[i + 1]].
struct StringArray {
  std::string bytes;
  std::vector<uint32_t> offsets;  // [count + 1]
};

// Numbers are doubles, as in JavaScript; an array of booleans is one of 0 and 1.
using MetadataValue = std::variant<std::string, double, bool, std::vector<double>, StringArray>;

// The values of the keys that begin with `prefix`, in file order. Strings are bytes as the file has
// them: whether they are UTF-8 is the caller's question. Throws the errors of GgufReader::open, and
// malformed-metadata for an array of strings of 4 GiB and more.
std::vector<std::pair<std::string, MetadataValue>> read_metadata(const std::string& path,
                                                                 std::string_view prefix);

}  // namespace bamboo

#endif  // BAMBOO_METADATA_H_
