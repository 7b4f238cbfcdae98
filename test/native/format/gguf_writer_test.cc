// What the writer writes, the reader reads back; and a target file is whole or untouched.
#include "format/gguf_writer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstring>
#include <memory>

#include "temporary_folder.h"

namespace bamboo {
namespace {

const uint8_t* bytes_of(const std::vector<float>& values) {
  return reinterpret_cast<const uint8_t*>(values.data());
}

TEST(GgufWriter, ReaderFindsWhatWasWritten) {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.gguf");
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  const std::vector<uint8_t> blocks(3 * 18, 0x5A);
  GgufWriter writer(path, GgufMagic::kPowerInfer);
  writer.add_string("general.architecture", "bamboo");
  writer.add_uint32("a.u32", 7);
  writer.add_uint64("a.u64", uint64_t{1} << 50);
  writer.add_int32("a.i32", -7);
  writer.add_float32("a.f32", 0.25f);
  writer.add_bool("a.bool", true);
  writer.add_strings("a.strings", {"x", "", "yz"});
  writer.add_floats("a.floats", {0.5f, -1.0f});
  writer.add_ints("a.ints", {3, -4});
  writer.add_tensor("norm", DType::kF32, {3, 2});
  writer.add_tensor("blocks", DType::kQ4_0, {32, 3});
  writer.append("norm", bytes_of(values), 4);
  writer.append("norm", bytes_of(values) + 4, 20);
  writer.append("blocks", blocks.data(), blocks.size());
  const int64_t written = writer.finish();

  const auto reader = GgufReader::open(path);
  EXPECT_EQ(reader->file_bytes(), written);
  EXPECT_TRUE(reader->powerinfer());
  EXPECT_EQ(reader->version(), 3u);
  EXPECT_EQ(reader->require_string("general.architecture"), "bamboo");
  EXPECT_EQ(reader->require_uint("a.u32", 7, 7), 7u);
  EXPECT_EQ(reader->require_uint("a.u64", 0, ~uint64_t{0}), uint64_t{1} << 50);
  EXPECT_EQ(std::get<int64_t>(*reader->find("a.i32")), -7);
  EXPECT_EQ(reader->require_float("a.f32"), 0.25);
  EXPECT_TRUE(std::get<bool>(*reader->find("a.bool")));
  const auto& strings = std::get<GgufArray>(*reader->find("a.strings"));
  EXPECT_EQ(std::get<std::vector<std::string_view>>(strings.values),
            (std::vector<std::string_view>{"x", "", "yz"}));
  const auto& floats = std::get<GgufArray>(*reader->find("a.floats"));
  EXPECT_EQ(std::get<std::vector<double>>(floats.values), (std::vector<double>{0.5, -1.0}));
  const auto& ints = std::get<GgufArray>(*reader->find("a.ints"));
  EXPECT_EQ(std::get<std::vector<int64_t>>(ints.values), (std::vector<int64_t>{3, -4}));
  const GgufTensor* norm = reader->find_tensor("norm");
  EXPECT_EQ(norm->shape, (std::vector<int64_t>{3, 2}));
  EXPECT_EQ(std::memcmp(norm->data, values.data(), 24), 0);
  EXPECT_EQ(std::memcmp(reader->find_tensor("blocks")->data, blocks.data(), blocks.size()), 0);
  EXPECT_EQ(folder.file_names(), std::vector<std::string>{"m.gguf"});
}

TEST(GgufWriter, AFileWithoutTensorsIsValid) {
  const TemporaryFolder folder;
  GgufWriter writer(folder.file("m.gguf"), GgufMagic::kGguf);
  writer.add_bool("only", false);
  writer.finish();
  EXPECT_EQ(GgufReader::open(folder.file("m.gguf"))->metadata().size(), 1u);
}

TEST(GgufWriter, AnAbandonedFileLeavesTheTargetUntouched) {
  const TemporaryFolder folder;
  const std::string path = folder.write("m.gguf", "the old file");
  {
    GgufWriter writer(path, GgufMagic::kGguf);
    writer.add_tensor("t", DType::kF32, {4});
    const std::vector<float> values = {1, 2};
    writer.append("t", bytes_of(values), 8);
    expect_error(ErrorCode::kInvalidArgument, {"'t'", "incomplete"}, [&] { writer.finish(); });
  }
  EXPECT_EQ(read_bytes(path), "the old file");
  EXPECT_EQ(folder.file_names(), std::vector<std::string>{"m.gguf"});
}

TEST(GgufWriter, ReplacesAnExistingFile) {
  const TemporaryFolder folder;
  const std::string path = folder.write("m.gguf", "the old file");
  GgufWriter writer(path, GgufMagic::kGguf);
  EXPECT_EQ(read_bytes(path), "the old file");
  writer.finish();
  EXPECT_EQ(GgufReader::open(path)->version(), 3u);
}

TEST(GgufWriter, AnUnwritableTargetIsReportedAtOnce) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::kFileWriteFailed, {"no-such-folder"},
               [&] { GgufWriter(folder.file("no-such-folder/m.gguf"), GgufMagic::kGguf); });
  // A folder stands where the file should go: found at the rename, and the temporary file is gone
  // afterwards.
  std::filesystem::create_directory(folder.file("taken"));
  folder.write("taken/occupant", "x");
  expect_error(ErrorCode::kFileWriteFailed, {"taken"},
               [&] { GgufWriter(folder.file("taken"), GgufMagic::kGguf).finish(); });
  EXPECT_EQ(folder.file_names(), std::vector<std::string>{"taken"});
}

// Lowers the largest file this process may write, which the system reports like a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    previous_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &previous_);
    const rlimit lowered = {bytes, previous_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &lowered);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &previous_);
    std::signal(SIGXFSZ, previous_handler_);
  }

 private:
  rlimit previous_ = {};
  void (*previous_handler_)(int) = nullptr;
};

TEST(GgufWriter, AWriteTheSystemRefusesIsReportedAndLeavesNothingBehind) {
  const TemporaryFolder folder;
  const std::vector<float> values(1 << 18, 1.0f);  // 1 MiB
  {
    const FileSizeLimit limit(64 * 1024);
    GgufWriter writer(folder.file("m.gguf"), GgufMagic::kGguf);
    writer.add_tensor("t", DType::kF32, {1 << 18});
    expect_error(ErrorCode::kFileWriteFailed, {"m.gguf", "disk space"}, [&] {
      writer.append("t", bytes_of(values), values.size() * sizeof(float));
      writer.finish();
    });
  }
  EXPECT_TRUE(folder.file_names().empty());
}

TEST(GgufWriter, TakesAnotherTemporaryNameThanALeftoverOne) {
  const TemporaryFolder folder;
  std::string suffix;
  {
    const GgufWriter probe(folder.file("probe"), GgufMagic::kGguf);
    suffix = folder.file_names().at(0).substr(std::string("probe").size());
  }
  const std::string leftover = folder.write("m.gguf" + suffix, "left by a killed process");
  GgufWriter writer(folder.file("m.gguf"), GgufMagic::kGguf);
  writer.finish();
  EXPECT_EQ(GgufReader::open(folder.file("m.gguf"))->version(), 3u);
  EXPECT_EQ(read_bytes(leftover), "left by a killed process");
}

TEST(GgufWriter, RefusesMisuse) {
  const TemporaryFolder folder;
  GgufWriter writer(folder.file("m.gguf"), GgufMagic::kGguf);
  const auto code = ErrorCode::kInvalidArgument;
  writer.add_bool("key", true);
  writer.add_tensor("t", DType::kF32, {2});
  writer.add_tensor("u", DType::kF32, {2});
  const std::vector<float> values = {1, 2, 3};
  expect_error(code, {"key"}, [&] { writer.add_bool("key", false); });
  expect_error(code, {"'t'"}, [&] { writer.add_tensor("t", DType::kF32, {2}); });
  expect_error(code, {"'q'", "q4_0"}, [&] { writer.add_tensor("q", DType::kQ4_0, {33}); });
  expect_error(code, {"'z'"}, [&] { writer.add_tensor("z", DType::kF32, {4, 0}); });
  expect_error(code, {"'z'"}, [&] {
    writer.add_tensor("z", DType::kF32, {int64_t{1} << 40, int64_t{1} << 40});
  });
  expect_error(code, {"'z'"}, [&] { writer.add_tensor("z", DType::kF32, {}); });
  expect_error(code, {"'u'", "order"}, [&] { writer.append("u", bytes_of(values), 8); });
  expect_error(code, {"'t'", "more bytes"}, [&] { writer.append("t", bytes_of(values), 12); });
  expect_error(code, {"after"}, [&] { writer.add_bool("late", true); });
}

}  // namespace
}  // namespace bamboo
