// Metadata in full, as the tokenizer gets it.
#include "bamboo/metadata.h"

#include <gtest/gtest.h>

#include <map>

#include "gguf_bytes.h"
#include "temporary_folder.h"

namespace bamboo {
namespace {

using Metadata = std::map<std::string, MetadataValue>;

Metadata read(const std::string& path, std::string_view prefix) {
  const auto entries = read_metadata(path, prefix);
  return Metadata(entries.begin(), entries.end());
}

TEST(Metadata, GivesEveryKindOfValueInFull) {
  const TemporaryFolder folder;
  GgufBytes file = small_gguf();
  std::string many = raw(uint32_t{8}) + raw(uint64_t{100});
  for (int i = 0; i < 100; ++i) many += raw_string(std::to_string(i));
  file.key("a.many", 9, many);
  Metadata metadata = read(folder.write("m.gguf", file.bytes()), "a.");
  EXPECT_FALSE(metadata.contains("general.architecture"));
  EXPECT_EQ(std::get<double>(metadata["a.u32"]), 4000000000.0);
  EXPECT_EQ(std::get<double>(metadata["a.i32"]), -7.0);
  EXPECT_EQ(std::get<double>(metadata["a.f32"]), 1.5);
  EXPECT_TRUE(std::get<bool>(metadata["a.bool"]));
  EXPECT_EQ(std::get<std::vector<double>>(metadata["a.floats"]), (std::vector<double>{0.5, -2}));
  EXPECT_EQ(std::get<std::vector<double>>(metadata["a.ints"]), std::vector<double>{-9});
  EXPECT_EQ(std::get<std::vector<double>>(metadata["a.bools"]), (std::vector<double>{0, 1}));
  EXPECT_TRUE(std::get<std::vector<double>>(metadata["a.empty"]).empty());
  const auto strings = std::get<StringArray>(metadata["a.strings"]);
  EXPECT_EQ(strings.bytes, "one");
  EXPECT_EQ(strings.offsets, (std::vector<uint32_t>{0, 3, 3}));
  EXPECT_EQ(std::get<StringArray>(metadata["a.many"]).offsets.size(), 101u);
}

TEST(Metadata, GivesStringsThatAreNotUtf8AsTheyAre) {
  const TemporaryFolder folder;
  GgufBytes file = small_gguf();
  file.key("t.strings", 9, raw(uint32_t{8}) + raw(uint64_t{1}) + raw_string("\xff"));
  file.key("t.scalar", 8, raw_string("bamboo"));
  Metadata metadata = read(folder.write("m.gguf", file.bytes()), "t.");
  EXPECT_EQ(std::get<StringArray>(metadata["t.strings"]).bytes, "\xff");
  EXPECT_EQ(std::get<std::string>(metadata["t.scalar"]), "bamboo");
}

TEST(Metadata, IsEmptyWhereNoKeyBeginsSo) {
  const TemporaryFolder folder;
  EXPECT_TRUE(read(folder.write("m.gguf", small_gguf().bytes()), "tokenizer.").empty());
}

TEST(Metadata, PassesTheReadersErrorsOn) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::kFileNotFound, {"none.gguf"},
               [&] { read_metadata(folder.file("none.gguf"), ""); });
}

}  // namespace
}  // namespace bamboo
