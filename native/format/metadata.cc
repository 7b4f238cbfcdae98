// Copies metadata out of a checked GGUF file.
#include "bamboo/metadata.h"

#include <limits>

#include "bamboo/error.h"
#include "format/gguf_metadata.h"
#include "format/gguf_reader.h"

namespace bamboo {
namespace {

// Tells which key is meant when one cannot be copied.
struct CopyValue {
  const std::string& path;
  std::string_view key;

  MetadataValue operator()(uint64_t value) const { return static_cast<double>(value); }
  MetadataValue operator()(int64_t value) const { return static_cast<double>(value); }
  MetadataValue operator()(double value) const { return value; }
  MetadataValue operator()(bool value) const { return value; }
  MetadataValue operator()(std::string_view value) const { return std::string(value); }
  MetadataValue operator()(const GgufArray& array) const { return std::visit(*this, array.values); }

  template <typename T>
  MetadataValue operator()(const std::vector<T>& values) const {
    return std::vector<double>(values.begin(), values.end());
  }

  MetadataValue operator()(const std::vector<std::string_view>& strings) const {
    StringArray array;
    array.offsets.reserve(strings.size() + 1);
    array.offsets.push_back(0);
    for (const std::string_view text : strings) {
      if (text.size() > std::numeric_limits<uint32_t>::max() - array.bytes.size()) {
        throw Error(ErrorCode::kMalformedMetadata,
                    path + ": the strings of " + quoted(key) +
                        " are 4 GiB and more: the file is damaged: download or convert it again");
      }
      array.bytes += text;
      array.offsets.push_back(static_cast<uint32_t>(array.bytes.size()));
    }
    return array;
  }
};

}  // namespace

std::vector<std::pair<std::string, MetadataValue>> read_metadata(const std::string& path,
                                                                 std::string_view prefix) {
  const std::unique_ptr<GgufReader> reader = GgufReader::open(path);
  std::vector<std::pair<std::string, MetadataValue>> metadata;
  for (const auto& [key, value] : reader->metadata()) {
    if (key.starts_with(prefix))
      metadata.emplace_back(std::string(key), std::visit(CopyValue{path, key}, value));
  }
  return metadata;
}

}  // namespace bamboo
