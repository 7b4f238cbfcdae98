// The summary of a file that people see.
#include "bamboo/inspect.h"

#include <gtest/gtest.h>

#include <map>

#include "gguf_bytes.h"
#include "temporary_folder.h"

namespace bamboo {
namespace {

TEST(Inspect, ListsHeaderMetadataAndTensors) {
  const TemporaryFolder folder;
  GgufBytes file = small_gguf();
  std::string sixteen = raw(uint32_t{0}) + raw(uint64_t{16}) + std::string(16, '\3');
  std::string seventeen = raw(uint32_t{8}) + raw(uint64_t{17});
  for (int i = 0; i < 17; ++i) seventeen += raw_string("t");
  file.key("b.sixteen", 9, sixteen);
  file.key("b.seventeen", 9, seventeen);
  file.key("b.long", 8, raw_string(std::string(4097, 'x')));
  const FileSummary summary = inspect(folder.write("m.gguf", file.bytes()));
  EXPECT_EQ(summary.magic, "GGUF");
  EXPECT_EQ(summary.version, 3u);
  EXPECT_EQ(summary.file_bytes, static_cast<int64_t>(file.bytes().size()));
  EXPECT_EQ(summary.metadata.front().first, "general.architecture");
  std::map<std::string, SummaryValue> metadata(summary.metadata.begin(), summary.metadata.end());
  EXPECT_EQ(std::get<std::string>(metadata["general.architecture"]), "bamboo");
  EXPECT_EQ(std::get<double>(metadata["a.u8"]), 200.0);
  EXPECT_EQ(std::get<double>(metadata["a.i32"]), -7.0);
  EXPECT_EQ(std::get<double>(metadata["a.f64"]), 0.1);
  EXPECT_TRUE(std::get<bool>(metadata["a.bool"]));
  const auto bools = std::get<std::vector<SummaryScalar>>(metadata["a.bools"]);
  EXPECT_EQ(bools, (std::vector<SummaryScalar>{false, true}));
  const auto strings = std::get<std::vector<SummaryScalar>>(metadata["a.strings"]);
  EXPECT_EQ(strings, (std::vector<SummaryScalar>{std::string("one"), std::string()}));
  EXPECT_EQ(std::get<std::vector<SummaryScalar>>(metadata["b.sixteen"]).size(), 16u);
  EXPECT_EQ(std::get<std::string>(metadata["b.seventeen"]), "[string; 17]");
  EXPECT_EQ(std::get<std::string>(metadata["b.long"]), "[string of 4097 bytes]");
  ASSERT_EQ(summary.tensors.size(), 3u);
  EXPECT_EQ(summary.tensors[1].name, "second");
  EXPECT_EQ(summary.tensors[1].type, "q8_0");
  EXPECT_EQ(summary.tensors[1].shape, (std::vector<int64_t>{32, 2}));
  EXPECT_EQ(summary.tensors[1].bytes, 68);
}

TEST(Inspect, PassesTheReadersErrorsOn) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::kFileNotFound, {"none.gguf"}, [&] { inspect(folder.file("none.gguf")); });
  const std::string path = folder.write("text.gguf", "this is no model at all, just text");
  expect_error(ErrorCode::kBadMagic, {"text.gguf"}, [&] { inspect(path); });
}

}  // namespace
}  // namespace bamboo
