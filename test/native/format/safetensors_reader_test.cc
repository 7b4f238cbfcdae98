// The safetensors reader on good files and on hostile headers.
#include "format/safetensors_reader.h"

#include <gtest/gtest.h>

#include <random>

#include "fuzz_rounds.h"
#include "gguf_bytes.h"
#include "temporary_folder.h"

namespace bamboo {
namespace {

std::string safetensors(const std::string& header, const std::string& data) {
  return raw(uint64_t{header.size()}) + header + data;
}

const char* const kHeader =
    R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
    R"("b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"c":{"dtype":"F16","shape":[],"data_offsets":[32,34]}})";

class Safetensors : public testing::Test {
 protected:
  void expect_refused(const std::string& header, size_t data_bytes, ErrorCode code,
                      const std::vector<std::string>& words) {
    const std::string path =
        folder_.write("bad.safetensors", safetensors(header, std::string(data_bytes, '\1')));
    expect_error(code, words, [&] { SafetensorsReader::open(path); });
  }

  void expect_entry_refused(const std::string& entry, ErrorCode code,
                            const std::vector<std::string>& words) {
    expect_refused("{\"w.x\":" + entry + "}", 64, code, words);
  }

  TemporaryFolder folder_;
};

TEST_F(Safetensors, FindsTensorsWithTypeShapeAndBytes) {
  const auto reader = SafetensorsReader::open(
      folder_.write("m", safetensors(kHeader, std::string(24, 'A') + std::string(10, 'B'))));
  ASSERT_EQ(reader->tensors().size(), 3u);
  const SafetensorsTensor* a = reader->find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->dtype, DType::kF32);
  EXPECT_EQ(a->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(a->elements(), 6);
  EXPECT_EQ(a->data[23], 'A');
  const SafetensorsTensor* b = reader->find("b");
  EXPECT_EQ(b->dtype, DType::kBF16);
  EXPECT_EQ(b->data[0], 'B');
  const SafetensorsTensor* c = reader->find("c");
  EXPECT_EQ(c->elements(), 1);
  EXPECT_EQ(c->bytes, 2);
  EXPECT_EQ(reader->find("__metadata__"), nullptr);
}

TEST_F(Safetensors, EveryTruncationIsAnError) {
  const std::string whole = safetensors(kHeader, std::string(34, 'x'));
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string path = folder_.write("cut", whole.substr(0, length));
    expect_error(ErrorCode::kTruncatedFile, {"cut"}, [&] { SafetensorsReader::open(path); });
  }
}

TEST_F(Safetensors, RefusesBadHeaders) {
  expect_refused("{", 0, ErrorCode::kMalformedHeader, {"JSON"});
  expect_refused("[]", 0, ErrorCode::kMalformedHeader, {"JSON object"});
  expect_refused("", 0, ErrorCode::kMalformedHeader, {"JSON"});
  for (const uint64_t length : {~uint64_t{0}, uint64_t{1} << 40}) {
    const std::string path = folder_.write("huge", raw(length) + "{}");
    expect_error(ErrorCode::kMalformedHeader, {"header", "limit"},
                 [&] { SafetensorsReader::open(path); });
  }
  const std::string path = folder_.write("long", raw(uint64_t{1000}) + "{}");
  expect_error(ErrorCode::kTruncatedFile, {"header"}, [&] { SafetensorsReader::open(path); });
}

TEST_F(Safetensors, RefusesBadEntries) {
  const auto code = ErrorCode::kMalformedTensor;
  expect_entry_refused("3", code, {"w.x", "dtype"});
  expect_entry_refused(R"({"shape":[1],"data_offsets":[0,4]})", code, {"w.x", "dtype"});
  expect_entry_refused(R"({"dtype":4,"shape":[1],"data_offsets":[0,4]})", code, {"w.x", "dtype"});
  expect_entry_refused(R"({"dtype":"I64","shape":[1],"data_offsets":[0,8]})",
                       ErrorCode::kUnsupportedTensorType, {"w.x", "I64"});
  expect_entry_refused(R"({"dtype":"F32","data_offsets":[0,4]})", code, {"w.x", "shape"});
  expect_entry_refused(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})", code,
                       {"w.x", "shape"});
  expect_entry_refused(R"({"dtype":"F32","shape":[1.0],"data_offsets":[0,4]})", code,
                       {"w.x", "shape"});
  expect_entry_refused(R"({"dtype":"F32","shape":["1"],"data_offsets":[0,4]})", code,
                       {"w.x", "shape"});
  expect_entry_refused(R"({"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]})", code,
                       {"w.x", "shape"});
  expect_entry_refused(R"({"dtype":"F32","shape":[0],"data_offsets":[0,0]})", code,
                       {"w.x", "zero"});
  expect_entry_refused(R"({"dtype":"F32","shape":[1]})", code, {"w.x", "data_offsets"});
  expect_entry_refused(R"({"dtype":"F32","shape":[1],"data_offsets":[4]})", code,
                       {"w.x", "data_offsets"});
  expect_entry_refused(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4,8]})", code,
                       {"w.x", "data_offsets"});
  expect_entry_refused(R"({"dtype":"F32","shape":[1],"data_offsets":[8,4]})", code,
                       {"w.x", "data_offsets"});
  expect_entry_refused(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})", code,
                       {"w.x", "needs 8"});
  expect_entry_refused(R"({"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]})",
                       code, {"w.x"});
  expect_entry_refused(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})",
                       code, {"w.x"});
  expect_entry_refused(R"({"dtype":"F32","shape":[17],"data_offsets":[0,68]})",
                       ErrorCode::kTruncatedFile, {"w.x"});
  expect_entry_refused(
      R"({"dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]})",
      ErrorCode::kTruncatedFile, {"w.x"});
}

TEST_F(Safetensors, RefusesOverlapsAndRepeatedNames) {
  expect_refused(
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
      64, ErrorCode::kMalformedTensor, {"overlaps"});
  expect_refused(
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})",
      64, ErrorCode::kMalformedHeader, {"repeats"});
}

TEST_F(Safetensors, RandomDamageEitherLoadsOrIsATypedError) {
  const std::string whole = safetensors(kHeader, std::string(34, 'x'));
  std::mt19937_64 random(99);
  int refused = 0;
  for (int round = 0; round < test::fuzz_rounds(4000); ++round) {
    std::string damaged = whole;
    const std::string digits = "0123456789-[]{}\",";
    for (size_t i = 0; i < 1 + random() % 3; ++i) {
      const uint64_t choice = random();
      damaged[random() % damaged.size()] =
          choice % 2 == 0 ? digits[(choice >> 8) % digits.size()] : static_cast<char>(choice >> 8);
    }
    try {
      const auto reader = SafetensorsReader::open(folder_.write("damaged", damaged));
      uint64_t sum = 0;
      for (const SafetensorsTensor& tensor : reader->tensors()) {
        for (int64_t i = 0; i < tensor.bytes; ++i) sum += tensor.data[i];
      }
      EXPECT_LE(sum, uint64_t{255} * whole.size());
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace bamboo
