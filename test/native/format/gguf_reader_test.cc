// What the GGUF reader finds in well-formed files, and what the memory map says about files it
// cannot open.
#include "format/gguf_reader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <utility>

#include "format/mapped_file.h"
#include "gguf_bytes.h"
#include "temporary_folder.h"

namespace bamboo {
namespace {

template <typename T>
T value_of(const GgufReader& reader, const char* key) {
  const GgufValue* value = reader.find(key);
  EXPECT_NE(value, nullptr) << key;
  return std::get<T>(*value);
}

TEST(GgufReader, ReadsEveryScalarType) {
  const TemporaryFolder folder;
  const auto reader = GgufReader::open(folder.write("m.gguf", small_gguf().bytes()));
  EXPECT_FALSE(reader->powerinfer());
  EXPECT_EQ(reader->version(), 3u);
  EXPECT_EQ(value_of<std::string_view>(*reader, "general.architecture"), "bamboo");
  EXPECT_EQ(value_of<uint64_t>(*reader, "a.u8"), 200u);
  EXPECT_EQ(value_of<int64_t>(*reader, "a.i8"), -5);
  EXPECT_EQ(value_of<uint64_t>(*reader, "a.u16"), 60000u);
  EXPECT_EQ(value_of<int64_t>(*reader, "a.i16"), -30000);
  EXPECT_EQ(value_of<uint64_t>(*reader, "a.u32"), 4000000000u);
  EXPECT_EQ(value_of<int64_t>(*reader, "a.i32"), -7);
  EXPECT_EQ(value_of<double>(*reader, "a.f32"), 1.5);
  EXPECT_TRUE(value_of<bool>(*reader, "a.bool"));
  EXPECT_EQ(value_of<uint64_t>(*reader, "a.u64"), uint64_t{1} << 40);
  EXPECT_EQ(value_of<int64_t>(*reader, "a.i64"), -(int64_t{1} << 40));
  EXPECT_EQ(value_of<double>(*reader, "a.f64"), 0.1);
  EXPECT_EQ(reader->find("a.nothing"), nullptr);
}

TEST(GgufReader, ReadsArrays) {
  const TemporaryFolder folder;
  const auto reader = GgufReader::open(folder.write("m.gguf", small_gguf().bytes()));
  const auto strings = value_of<GgufArray>(*reader, "a.strings");
  EXPECT_EQ(std::get<std::vector<std::string_view>>(strings.values),
            (std::vector<std::string_view>{"one", ""}));
  const auto floats = value_of<GgufArray>(*reader, "a.floats");
  EXPECT_EQ(std::get<std::vector<double>>(floats.values), (std::vector<double>{0.5, -2.0}));
  const auto bools = value_of<GgufArray>(*reader, "a.bools");
  EXPECT_EQ(bools.element_type, GgufType::kBool);
  EXPECT_EQ(std::get<std::vector<uint64_t>>(bools.values), (std::vector<uint64_t>{0, 1}));
  const auto ints = value_of<GgufArray>(*reader, "a.ints");
  EXPECT_EQ(std::get<std::vector<int64_t>>(ints.values), (std::vector<int64_t>{-9}));
  EXPECT_EQ(value_of<GgufArray>(*reader, "a.empty").size(), 0u);
}

TEST(GgufReader, PlacesTensorsInFileOrder) {
  const TemporaryFolder folder;
  const auto reader = GgufReader::open(folder.write("m.gguf", small_gguf().bytes()));
  ASSERT_EQ(reader->tensors().size(), 3u);
  const GgufTensor& first = reader->tensors()[0];
  EXPECT_EQ(first.name, "first");
  EXPECT_EQ(first.dtype, DType::kF32);
  EXPECT_EQ(first.rows(), 1);
  float value = 0;
  std::memcpy(&value, first.data + 8, sizeof value);
  EXPECT_EQ(value, 3.0f);
  const GgufTensor* second = reader->find_tensor("second");
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->bytes, 2 * 34);
  EXPECT_EQ(second->data[67], 0x11);
  const GgufTensor* third = reader->find_tensor("third");
  ASSERT_NE(third, nullptr);
  EXPECT_EQ(third->shape, (std::vector<int64_t>{4, 2, 2, 1}));
  EXPECT_EQ(third->matrix().rows, 4);
  EXPECT_EQ(third->matrix().cols, 4);
  EXPECT_EQ(third->data[31], 0x22);
  EXPECT_EQ(reader->find_tensor("fourth"), nullptr);
}

TEST(GgufReader, AcceptsPowerInferMagicAndVersionTwo) {
  const TemporaryFolder folder;
  GgufBytes file = small_gguf();
  file.magic = "PWRI";
  file.version = 2;
  const auto reader = GgufReader::open(folder.write("m.gguf", file.bytes()));
  EXPECT_TRUE(reader->powerinfer());
  EXPECT_EQ(reader->version(), 2u);
  EXPECT_EQ(reader->tensors().size(), 3u);
}

TEST(GgufReader, AcceptsAFileWithoutTensorsOrKeys) {
  const TemporaryFolder folder;
  GgufBytes file;
  file.alignment = 0;  // no padding either
  const auto reader = GgufReader::open(folder.write("m.gguf", file.bytes()));
  EXPECT_TRUE(reader->metadata().empty());
  EXPECT_TRUE(reader->tensors().empty());
  EXPECT_EQ(reader->file_bytes(), 24);
}

TEST(GgufReader, FollowsTheAlignmentKey) {
  const TemporaryFolder folder;
  for (const uint32_t alignment : {8u, 64u, 65536u}) {
    GgufBytes file;
    file.alignment = alignment;
    file.key("general.alignment", 4, raw(alignment));
    file.tensors = {{"t", {2}, 0, 0}, {"u", {1}, 0, alignment}};
    file.data = raw(7.0f) + raw(8.0f) + std::string(alignment - 8, '\0') + raw(9.0f);
    const auto reader = GgufReader::open(folder.write("m.gguf", file.bytes()));
    float value = 0;
    std::memcpy(&value, reader->find_tensor("u")->data, sizeof value);
    EXPECT_EQ(value, 9.0f) << alignment;
  }
}

TEST(GgufReader, TypedAccessChecksTypeAndRange) {
  const TemporaryFolder folder;
  GgufBytes file = small_gguf();
  file.key("a.nan", 6, raw(std::numeric_limits<float>::quiet_NaN()));
  file.key("a.three", 5, raw(int32_t{3}));
  const auto reader = GgufReader::open(folder.write("m.gguf", file.bytes()));
  EXPECT_EQ(reader->require_uint("a.u8", 0, 200), 200u);
  EXPECT_EQ(reader->require_uint("a.three", 3, 3), 3u);
  EXPECT_EQ(reader->require_float("a.f32"), 1.5);
  EXPECT_EQ(reader->require_string("general.architecture"), "bamboo");
  EXPECT_FALSE(reader->optional_uint("no.such", 0, 1).has_value());
  EXPECT_FALSE(reader->optional_float("no.such").has_value());
  EXPECT_FALSE(reader->optional_string("no.such").has_value());
  expect_error(ErrorCode::kMissingMetadata, {"no.such"},
               [&] { reader->require_uint("no.such", 0, 1); });
  expect_error(ErrorCode::kMissingMetadata, {"no.such"}, [&] { reader->require_float("no.such"); });
  expect_error(ErrorCode::kMissingMetadata, {"no.such"},
               [&] { reader->require_string("no.such"); });
  expect_error(ErrorCode::kMalformedMetadata, {"a.u8", "200"},
               [&] { reader->require_uint("a.u8", 0, 199); });
  expect_error(ErrorCode::kMalformedMetadata, {"a.u8"},
               [&] { reader->optional_uint("a.u8", 201, 300); });
  expect_error(ErrorCode::kMalformedMetadata, {"a.i8", "negative"},
               [&] { reader->require_uint("a.i8", 0, 9); });
  expect_error(ErrorCode::kMalformedMetadata, {"a.f32"},
               [&] { reader->require_uint("a.f32", 0, 9); });
  expect_error(ErrorCode::kMalformedMetadata, {"a.u8"}, [&] { reader->require_float("a.u8"); });
  expect_error(ErrorCode::kMalformedMetadata, {"a.nan"}, [&] { reader->require_float("a.nan"); });
  expect_error(ErrorCode::kMalformedMetadata, {"a.bool"},
               [&] { reader->require_string("a.bool"); });
}

TEST(MappedFile, NamesTheReasonWhenAFileCannotBeMapped) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::kFileNotFound, {"missing.gguf"},
               [&] { MappedFile::open(folder.file("missing.gguf")); });
  expect_error(ErrorCode::kFileUnreadable, {folder.path()},
               [&] { MappedFile::open(folder.path()); });
  expect_error(ErrorCode::kFileUnreadable, {"/dev/null"}, [&] { MappedFile::open("/dev/null"); });
  const std::string empty = folder.write("empty.gguf", "");
  expect_error(ErrorCode::kTruncatedFile, {"empty.gguf", "empty"},
               [&] { MappedFile::open(empty); });
}

TEST(MappedFile, MovesItsMapping) {
  const TemporaryFolder folder;
  MappedFile first = MappedFile::open(folder.write("a", "abc"));
  MappedFile second = std::move(first);
  EXPECT_EQ(first.data(), nullptr);
  EXPECT_EQ(first.size(), 0u);
  MappedFile third = MappedFile::open(folder.write("b", "12345"));
  third = std::move(second);
  ASSERT_EQ(third.size(), 3u);
  EXPECT_EQ(third.data()[2], 'c');
}

}  // namespace
}  // namespace bamboo
