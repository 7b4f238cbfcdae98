// Recursive descent with a depth limit; every read is checked against the end of the text.
#include "format/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bamboo {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Length of the UTF-8 sequence at the start of `text`; 0 when it is not well formed (Unicode table
// 3-7).
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                        : (lead & 0xF0) == 0xE0        ? 3
                        : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                       : 0;
  if (length == 0 || text.size() < length) return 0;
  const uint8_t least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < least || byte(1) > most) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

void append_utf8(std::string& out, uint32_t code_point) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | code_point >> 6);
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | code_point >> 12);
    out += static_cast<char>(0x80 | (code_point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code_point >> 18);
    out += static_cast<char>(0x80 | (code_point >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code_point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  }
}

class JsonParser {
 public:
  JsonParser(std::string_view text, const JsonOptions& options) : text_(text), options_(options) {}

  JsonValue parse() {
    if (text_.size() > options_.max_bytes) {
      fail("is larger than the limit of " + std::to_string(options_.max_bytes) + " bytes");
    }
    JsonValue value = parse_value(0);
    skip_space();
    if (position_ != text_.size()) fail("has text after its end");
    return value;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(options_.error, options_.origin + ": the JSON " + problem + " (at byte " +
                                    std::to_string(position_) +
                                    "): download the file again or correct it");
  }

  bool at_end() const { return position_ == text_.size(); }
  char peek() const {
    if (at_end()) fail("ends too early");
    return text_[position_];
  }

  void skip_space() {
    while (!at_end() && (text_[position_] == ' ' || text_[position_] == '\t' ||
                         text_[position_] == '\n' || text_[position_] == '\r')) {
      ++position_;
    }
  }

  void expect(char c) {
    if (peek() != c) fail(std::string("lacks a '") + c + "'");
    ++position_;
  }

  void expect_word(std::string_view word) {
    if (text_.substr(position_, word.size()) != word) fail("has an unknown word");
    position_ += word.size();
  }

  JsonValue parse_value(int depth) {
    if (depth > options_.max_depth)
      fail("is nested deeper than " + std::to_string(options_.max_depth) + " levels");
    if (++values_ > options_.max_values)
      fail("has more than " + std::to_string(options_.max_values) + " values");
    skip_space();
    switch (peek()) {
      case '{':
        return JsonValue(parse_object(depth));
      case '[':
        return JsonValue(parse_array(depth));
      case '"':
        return JsonValue(parse_string());
      case 't':
        expect_word("true");
        return JsonValue(true);
      case 'f':
        expect_word("false");
        return JsonValue(false);
      case 'n':
        expect_word("null");
        return JsonValue();
      default:
        return parse_number();
    }
  }

  JsonArray parse_array(int depth) {
    JsonArray items;
    expect('[');
    skip_space();
    if (peek() == ']') {
      ++position_;
      return items;
    }
    while (true) {
      items.push_back(parse_value(depth + 1));
      skip_space();
      if (peek() == ']') break;
      expect(',');
    }
    ++position_;
    return items;
  }

  JsonObject parse_object(int depth) {
    JsonObject members;
    expect('{');
    skip_space();
    if (peek() == '}') {
      ++position_;
      return members;
    }
    while (true) {
      skip_space();
      std::string key = parse_string();
      skip_space();
      expect(':');
      members.emplace_back(std::move(key), parse_value(depth + 1));
      skip_space();
      if (peek() == '}') break;
      expect(',');
    }
    ++position_;
    refuse_repeated_keys(members);
    return members;
  }

  void refuse_repeated_keys(const JsonObject& members) const {
    std::vector<std::string_view> keys;
    keys.reserve(members.size());
    for (const auto& member : members) keys.push_back(member.first);
    std::sort(keys.begin(), keys.end());
    const auto repeated = std::adjacent_find(keys.begin(), keys.end());
    if (repeated != keys.end())
      fail("repeats the key '" + std::string(repeated->substr(0, 200)) + "'");
  }

  std::string parse_string() {
    expect('"');
    std::string out;
    while (true) {
      const char c = peek();
      if (c == '"') break;
      if (c == '\\') {
        ++position_;
        parse_escape(out);
        continue;
      }
      if (static_cast<uint8_t>(c) < 0x20) fail("has a control character in a string");
      const size_t length = utf8_length(text_.substr(position_));
      if (length == 0) fail("has a string that is not UTF-8");
      out.append(text_, position_, length);
      position_ += length;
    }
    ++position_;
    return out;
  }

  void parse_escape(std::string& out) {
    const char c = peek();
    ++position_;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        out += c;
        return;
      case 'b':
        out += '\b';
        return;
      case 'f':
        out += '\f';
        return;
      case 'n':
        out += '\n';
        return;
      case 'r':
        out += '\r';
        return;
      case 't':
        out += '\t';
        return;
      case 'u':
        break;
      default:
        fail("has an unknown escape");
    }
    uint32_t code_point = parse_hex4();
    if (code_point >= 0xDC00 && code_point <= 0xDFFF) fail("has half of a surrogate pair");
    if (code_point >= 0xD800 && code_point <= 0xDBFF) {
      if (text_.substr(position_, 2) != "\\u") fail("has half of a surrogate pair");
      position_ += 2;
      const uint32_t low = parse_hex4();
      if (low < 0xDC00 || low > 0xDFFF) fail("has half of a surrogate pair");
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, code_point);
  }

  uint32_t parse_hex4() {
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = peek();
      const int digit = is_digit(c)            ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) fail("has a \\u escape without four hexadecimal digits");
      value = value * 16 + static_cast<uint32_t>(digit);
      ++position_;
    }
    return value;
  }

  void skip_digits() {
    if (at_end() || !is_digit(text_[position_])) fail("has a malformed number or word");
    while (!at_end() && is_digit(text_[position_])) ++position_;
  }

  JsonValue parse_number() {
    const size_t begin = position_;
    bool integer = true;
    if (peek() == '-') ++position_;
    if (!at_end() && text_[position_] == '0') {
      ++position_;
      if (!at_end() && is_digit(text_[position_])) fail("has a number with a leading zero");
    } else {
      skip_digits();
    }
    if (!at_end() && text_[position_] == '.') {
      integer = false;
      ++position_;
      skip_digits();
    }
    if (!at_end() && (text_[position_] == 'e' || text_[position_] == 'E')) {
      integer = false;
      ++position_;
      if (!at_end() && (text_[position_] == '+' || text_[position_] == '-')) ++position_;
      skip_digits();
    }
    const char* first = text_.data() + begin;
    const char* last = text_.data() + position_;
    int64_t whole = 0;
    if (integer && std::from_chars(first, last, whole).ec == std::errc()) return JsonValue(whole);
    double number = 0;
    // A result out of range, too small ones included, is refused: the file's author meant something
    // else.
    if (std::from_chars(first, last, number).ec != std::errc() || !std::isfinite(number))
      fail("has a number out of range");
    return JsonValue(number);
  }

  std::string_view text_;
  const JsonOptions& options_;
  size_t position_ = 0;
  size_t values_ = 0;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  const JsonObject* members = get<JsonObject>();
  if (members == nullptr) return nullptr;
  for (const auto& [name, value] : *members) {
    if (name == key) return &value;
  }
  return nullptr;
}

JsonValue parse_json(std::string_view text, const JsonOptions& options) {
  return JsonParser(text, options).parse();
}

}  // namespace bamboo
