// Metadata values: numbers are widened, strings stay in the map, and every count is checked before
// it is believed.
#include "format/gguf_metadata.h"

namespace bamboo {
namespace {

[[noreturn]] void fail_value(const ByteCursor& cursor, std::string_view key,
                             const std::string& problem) {
  cursor.fail(ErrorCode::kMalformedMetadata,
              "the value of " + quoted(key) + " " + problem +
                  ": the file is damaged: download or convert it again");
}

bool read_bool(ByteCursor& cursor, std::string_view key, const std::string& what) {
  const uint8_t byte = cursor.read<uint8_t>(what);
  if (byte > 1)
    fail_value(cursor, key,
               "is a boolean stored as " + std::to_string(byte) + " instead of 0 or 1");
  return byte == 1;
}

// Bytes that one element takes at least.
uint64_t least_bytes(GgufType type) {
  switch (type) {
    case GgufType::kUint8:
    case GgufType::kInt8:
    case GgufType::kBool:
      return 1;
    case GgufType::kUint16:
    case GgufType::kInt16:
      return 2;
    case GgufType::kUint32:
    case GgufType::kInt32:
    case GgufType::kFloat32:
      return 4;
    default:
      return 8;
  }
}

GgufType read_type(ByteCursor& cursor, std::string_view key, const std::string& what) {
  const uint32_t number = cursor.read<uint32_t>(what);
  if (number > static_cast<uint32_t>(GgufType::kFloat64)) {
    fail_value(cursor, key, "has the unknown type " + std::to_string(number));
  }
  return static_cast<GgufType>(number);
}

template <typename Wide, typename Stored>
std::vector<Wide> read_numbers(ByteCursor& cursor, uint64_t count, const std::string& what) {
  std::vector<Wide> numbers;
  numbers.reserve(static_cast<size_t>(count));
  for (uint64_t i = 0; i < count; ++i)
    numbers.push_back(static_cast<Wide>(cursor.read<Stored>(what)));
  return numbers;
}

GgufArray read_array(ByteCursor& cursor, std::string_view key, const std::string& what,
                     uint64_t& array_budget) {
  GgufArray array;
  array.element_type = read_type(cursor, key, what);
  if (array.element_type == GgufType::kArray)
    fail_value(cursor, key, "is an array of arrays, which is not supported");
  const uint64_t count = cursor.read<uint64_t>(what);
  cursor.require_items(count, least_bytes(array.element_type), what);
  if (count > array_budget) {
    fail_value(
        cursor, key,
        "exceeds the limit of " + std::to_string(kMaxGgufArrayElements) + " array elements a file");
  }
  array_budget -= count;
  switch (array.element_type) {
    case GgufType::kUint8:
      array.values = read_numbers<uint64_t, uint8_t>(cursor, count, what);
      break;
    case GgufType::kUint16:
      array.values = read_numbers<uint64_t, uint16_t>(cursor, count, what);
      break;
    case GgufType::kUint32:
      array.values = read_numbers<uint64_t, uint32_t>(cursor, count, what);
      break;
    case GgufType::kUint64:
      array.values = read_numbers<uint64_t, uint64_t>(cursor, count, what);
      break;
    case GgufType::kInt8:
      array.values = read_numbers<int64_t, int8_t>(cursor, count, what);
      break;
    case GgufType::kInt16:
      array.values = read_numbers<int64_t, int16_t>(cursor, count, what);
      break;
    case GgufType::kInt32:
      array.values = read_numbers<int64_t, int32_t>(cursor, count, what);
      break;
    case GgufType::kInt64:
      array.values = read_numbers<int64_t, int64_t>(cursor, count, what);
      break;
    case GgufType::kFloat32:
      array.values = read_numbers<double, float>(cursor, count, what);
      break;
    case GgufType::kFloat64:
      array.values = read_numbers<double, double>(cursor, count, what);
      break;
    case GgufType::kBool: {
      std::vector<uint64_t> flags;
      flags.reserve(static_cast<size_t>(count));
      for (uint64_t i = 0; i < count; ++i) flags.push_back(read_bool(cursor, key, what) ? 1 : 0);
      array.values = std::move(flags);
      break;
    }
    case GgufType::kString: {
      std::vector<std::string_view> strings;
      strings.reserve(static_cast<size_t>(count));
      for (uint64_t i = 0; i < count; ++i) {
        strings.push_back(cursor.read_bytes(cursor.read<uint64_t>(what), what));
      }
      array.values = std::move(strings);
      break;
    }
    case GgufType::kArray:
      break;  // refused above
  }
  return array;
}

}  // namespace

std::string quoted(std::string_view name) {
  return std::string("'").append(name.substr(0, 200)).append("'");
}

std::string_view read_gguf_name(ByteCursor& cursor, std::string_view what) {
  const uint64_t length = cursor.read<uint64_t>(what);
  if (length == 0 || length > kMaxGgufNameBytes) {
    cursor.fail(ErrorCode::kMalformedHeader,
                std::string(what) + " is " + std::to_string(length) + " bytes long, not 1 to " +
                    std::to_string(kMaxGgufNameBytes) +
                    ": the file is damaged: download or convert it again");
  }
  return cursor.read_bytes(length, what);
}

GgufValue read_gguf_value(ByteCursor& cursor, std::string_view key, uint64_t& array_budget) {
  const std::string what = "the value of " + quoted(key);
  switch (read_type(cursor, key, what)) {
    case GgufType::kUint8:
      return uint64_t{cursor.read<uint8_t>(what)};
    case GgufType::kUint16:
      return uint64_t{cursor.read<uint16_t>(what)};
    case GgufType::kUint32:
      return uint64_t{cursor.read<uint32_t>(what)};
    case GgufType::kUint64:
      return cursor.read<uint64_t>(what);
    case GgufType::kInt8:
      return int64_t{cursor.read<int8_t>(what)};
    case GgufType::kInt16:
      return int64_t{cursor.read<int16_t>(what)};
    case GgufType::kInt32:
      return int64_t{cursor.read<int32_t>(what)};
    case GgufType::kInt64:
      return cursor.read<int64_t>(what);
    case GgufType::kFloat32:
      return double{cursor.read<float>(what)};
    case GgufType::kFloat64:
      return cursor.read<double>(what);
    case GgufType::kBool:
      return read_bool(cursor, key, what);
    case GgufType::kString:
      return cursor.read_bytes(cursor.read<uint64_t>(what), what);
    case GgufType::kArray:
      break;
  }
  return read_array(cursor, key, what, array_budget);
}

}  // namespace bamboo
