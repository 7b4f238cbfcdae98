// The JSON parser takes exactly RFC 8259, minus what it leaves open, and never crashes on anything
// else.
#include "format/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "fuzz_rounds.h"
#include "temporary_folder.h"

namespace bamboo {
namespace {

JsonValue parse(std::string_view text) {
  JsonOptions options;
  options.origin = "test.json";
  return parse_json(text, options);
}

void expect_refused(std::string_view text, const std::string& word) {
  expect_error(ErrorCode::kMalformedMetadata, {"test.json", word}, [&] { parse(text); });
}

TEST(Json, ReadsEveryKindOfValue) {
  const JsonValue root = parse(
      R"( {"a": null, "b": [true, false], "c": -12, "d": 2.5e-1, "e": {"f": "g"}, "h": []} )");
  EXPECT_TRUE(root.find("a")->is_null());
  EXPECT_TRUE(*(*root.find("b")->get<JsonArray>())[0].get<bool>());
  EXPECT_FALSE(*(*root.find("b")->get<JsonArray>())[1].get<bool>());
  EXPECT_EQ(*root.find("c")->get<int64_t>(), -12);
  EXPECT_EQ(*root.find("d")->get<double>(), 0.25);
  EXPECT_EQ(*root.find("e")->find("f")->get<std::string>(), "g");
  EXPECT_TRUE(root.find("h")->get<JsonArray>()->empty());
  EXPECT_EQ(root.find("i"), nullptr);
  EXPECT_EQ(root.find("c")->find("anything"), nullptr);
  EXPECT_EQ(root.find("c")->get<double>(), nullptr);
}

TEST(Json, KeepsIntegersExactAndWidensTheRest) {
  EXPECT_EQ(*parse("9007199254740993").get<int64_t>(), 9007199254740993);
  EXPECT_EQ(*parse("-9223372036854775808").get<int64_t>(), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(*parse("9223372036854775808").get<double>(), 9223372036854775808.0);
  EXPECT_EQ(*parse("1e3").get<double>(), 1000.0);
  EXPECT_EQ(*parse("0").get<int64_t>(), 0);
  EXPECT_EQ(*parse("1e-05").get<double>(), 1e-05);
}

TEST(Json, DecodesEscapes) {
  EXPECT_EQ(*parse(R"("\"\\\/\b\f\n\r\t")").get<std::string>(), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(*parse(R"("\u0041\u00e9\u20AC\ud83d\ude00")").get<std::string>(),
            "A\u00e9\u20ac\U0001F600");
  EXPECT_EQ(parse(R"("\u0000")").get<std::string>()->size(), 1u);
  EXPECT_EQ(*parse("\"\u00e9\U0001F600\"").get<std::string>(), "\u00e9\U0001F600");
}

TEST(Json, RefusesWhatTheGrammarForbids) {
  for (const char* text : {"", " ", "{", "[", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1", "\"",
                           "\"a", "\"\\", "tru", "-"}) {
    expect_error(ErrorCode::kMalformedMetadata, {"test.json"}, [&] { parse(text); });
  }
  for (const char* text :
       {"[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}",  "[1 2]",   "{\"a\" 1}", "{1:2}",
        "[,1]", "nul",        "NaN",   "Infinity", "+1",      ".5",        "1.",
        "1.e1", "1e",         "1e+",   "0x10",     "// c\n1", "True",      "--1"}) {
    expect_error(ErrorCode::kMalformedMetadata, {"test.json"}, [&] { parse(text); });
  }
  expect_refused("1 2", "after its end");
  expect_refused("01", "leading zero");
  expect_refused("-01", "leading zero");
  expect_refused("1e999", "out of range");
  expect_refused("\"\n\"", "control character");
  expect_refused(R"("\x41")", "escape");
  expect_refused(R"("\u12g4")", "hexadecimal");
}

TEST(Json, RefusesWhatTheStandardLeavesOpen) {
  expect_refused(R"({"a": 1, "b": 2, "a": 3})", "repeats the key 'a'");
  for (const char* text : {R"("\ud83d")", R"("\ud83dx")", R"("\ude00")", R"("\ud83d\u0041")"})
    expect_refused(text, "surrogate");
  // A stray continuation, an overlong form, a surrogate, beyond U+10FFFF, a cut sequence.
  for (const char* text : {"\"\x80\"", "\"\xC0\xAF\"", "\"\xE0\x80\xAF\"", "\"\xED\xA0\x80\"",
                           "\"\xF4\x90\x80\x80\"", "\"\xFF\"", "\"\xE2\x82\"", "\"\xE2\x82"}) {
    expect_refused(text, "UTF-8");
  }
}

TEST(Json, LimitsDepthSizeAndCount) {
  EXPECT_NO_THROW(parse(std::string(32, '[') + std::string(32, ']')));
  expect_refused(std::string(100000, '['), "nested deeper");
  std::string objects;
  for (int i = 0; i < 1000; ++i) objects += "{\"a\":";
  expect_refused(objects, "nested deeper");
  JsonOptions options;
  options.max_bytes = 10;
  expect_error(ErrorCode::kMalformedMetadata, {"larger"},
               [&] { parse_json("[1,2,3,4,5]", options); });
  options.max_bytes = 100;
  options.max_values = 3;
  EXPECT_NO_THROW(parse_json("[1,2]", options));
  expect_error(ErrorCode::kMalformedMetadata, {"more than 3"},
               [&] { parse_json("[1,2,3]", options); });
  options.error = ErrorCode::kMalformedHeader;
  expect_error(ErrorCode::kMalformedHeader, {}, [&] { parse_json("!", options); });
}

TEST(Json, DamagedTextEitherParsesOrIsATypedError) {
  const std::string whole =
      R"({"model": {"d": 640, "eps": 1e-05, "list": [1, -2.5, "\u00e9\n", null, true]}, "x": ")"
      "\u20ac\"}";
  EXPECT_NO_THROW(parse(whole));
  for (size_t length = 0; length < whole.size(); ++length) {
    expect_error(ErrorCode::kMalformedMetadata, {},
                 [&] { parse(std::string_view(whole).substr(0, length)); });
  }
  std::mt19937_64 random(7);
  int refused = 0;
  for (int round = 0; round < test::fuzz_rounds(20000); ++round) {
    std::string damaged = whole;
    for (size_t i = 0; i < 1 + round % 3u; ++i)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    try {
      parse(damaged);
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 10000);
}

}  // namespace
}  // namespace bamboo
