// Turns a checked GGUF file into its summary.
#include "bamboo/inspect.h"

#include "format/gguf_reader.h"

namespace bamboo {
namespace {

constexpr size_t kMaxShownElements = 16;
constexpr size_t kMaxShownBytes = 4096;

const char* type_name(GgufType type) {
  constexpr const char* kNames[] = {"uint8",  "int8",    "uint16", "int16",  "uint32",
                                    "int32",  "float32", "bool",   "string", "array",
                                    "uint64", "int64",   "float64"};
  return kNames[static_cast<uint32_t>(type)];
}

SummaryValue summarize_array(const GgufArray& array) {
  if (array.size() > kMaxShownElements) {
    std::string text = "[";
    text.append(type_name(array.element_type))
        .append("; ")
        .append(std::to_string(array.size()))
        .append("]");
    return text;
  }
  std::vector<SummaryScalar> items;
  std::visit(
      [&](const auto& values) {
        for (const auto& value : values) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string_view>) {
            items.emplace_back(std::string(value));
          } else if (array.element_type == GgufType::kBool) {
            items.emplace_back(value != 0);
          } else {
            items.emplace_back(static_cast<double>(value));
          }
        }
      },
      array.values);
  return items;
}

SummaryValue summarize(const GgufValue& value) {
  if (const auto* natural = std::get_if<uint64_t>(&value)) return static_cast<double>(*natural);
  if (const auto* integer = std::get_if<int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (text->size() > kMaxShownBytes)
      return "[string of " + std::to_string(text->size()) + " bytes]";
    return std::string(*text);
  }
  return summarize_array(std::get<GgufArray>(value));
}

}  // namespace

FileSummary inspect(const std::string& path) {
  const std::unique_ptr<GgufReader> reader = GgufReader::open(path);
  FileSummary summary;
  summary.magic = reader->powerinfer() ? "PWRI" : "GGUF";
  summary.version = reader->version();
  summary.file_bytes = reader->file_bytes();
  for (const auto& [key, value] : reader->metadata())
    summary.metadata.emplace_back(std::string(key), summarize(value));
  for (const GgufTensor& tensor : reader->tensors()) {
    summary.tensors.push_back(
        {std::string(tensor.name), traits(tensor.dtype).name, tensor.shape, tensor.bytes});
  }
  return summary;
}

}  // namespace bamboo
