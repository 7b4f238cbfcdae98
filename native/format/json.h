// A strict JSON parser (RFC 8259) for files that come with a model: config.json, tokenizer.json,
// safetensors headers. It refuses what the RFC leaves open: repeated keys, invalid UTF-8, lone
// surrogates. It only reads.
#ifndef BAMBOO_FORMAT_JSON_H_
#define BAMBOO_FORMAT_JSON_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "bamboo/error.h"

namespace bamboo {

class JsonValue;
using JsonArray = std::vector<JsonValue>;
using JsonObject = std::vector<std::pair<std::string, JsonValue>>;  // in file order, keys unique

class JsonValue {
 public:
  // null, true/false, a number written as an integer that fits, any other number, a string, ...
  using Storage =
      std::variant<std::monostate, bool, int64_t, double, std::string, JsonArray, JsonObject>;

  JsonValue() = default;
  explicit JsonValue(Storage storage) : storage_(std::move(storage)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(storage_); }
  // nullptr when the value is of another kind.
  template <typename T>
  const T* get() const {
    return std::get_if<T>(&storage_);
  }
  // The member of an object; nullptr when absent or when this is no object.
  const JsonValue* find(std::string_view key) const;

 private:
  Storage storage_;
};

struct JsonOptions {
  std::string origin;  // named in errors: a path
  ErrorCode error = ErrorCode::kMalformedMetadata;
  size_t max_bytes = size_t{1} << 20;
  int max_depth = 32;
  size_t max_values = size_t{1} << 20;
};

// Throws Error with options.error, naming the origin, the byte offset and the problem.
JsonValue parse_json(std::string_view text, const JsonOptions& options);

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_JSON_H_
