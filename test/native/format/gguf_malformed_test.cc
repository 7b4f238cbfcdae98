// Hostile GGUF files: each must end in a typed error, never in a crash, a huge allocation or a read
// outside the file.
#include <gtest/gtest.h>

#include <random>

#include "format/gguf_reader.h"
#include "fuzz_rounds.h"
#include "gguf_bytes.h"
#include "temporary_folder.h"

namespace bamboo {
namespace {

// Touches everything a reader hands out, so that a bad pointer or length shows under the
// sanitizers.
uint64_t visit_everything(const GgufReader& reader) {
  uint64_t sum = 0;
  for (const auto& [key, value] : reader.metadata()) {
    for (const char c : key) sum += static_cast<uint8_t>(c);
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      for (const char c : *text) sum += static_cast<uint8_t>(c);
    }
    if (const auto* array = std::get_if<GgufArray>(&value)) {
      sum += array->size();
      if (const auto* strings = std::get_if<std::vector<std::string_view>>(&array->values)) {
        for (const std::string_view text : *strings)
          sum += text.empty() ? 0 : static_cast<uint8_t>(text.back());
      }
    }
  }
  for (const GgufTensor& tensor : reader.tensors()) {
    for (int64_t i = 0; i < tensor.bytes; ++i) sum += tensor.data[i];
  }
  return sum;
}

class MalformedGguf : public testing::Test {
 protected:
  void expect_refused(const GgufBytes& file, ErrorCode code,
                      const std::vector<std::string>& words) {
    const std::string path = folder_.write("bad.gguf", file.bytes());
    expect_error(code, words, [&] { GgufReader::open(path); });
  }

  void expect_value_refused(uint32_t type, const std::string& value, ErrorCode code,
                            const std::vector<std::string>& words) {
    GgufBytes file;
    file.key("some.key", type, value);
    expect_refused(file, code, words);
  }

  void expect_tensors_refused(const std::vector<GgufBytes::Tensor>& tensors, ErrorCode code,
                              const std::vector<std::string>& words) {
    GgufBytes file;
    file.tensors = tensors;
    file.data = std::string(4096, '\0');
    expect_refused(file, code, words);
  }

  TemporaryFolder folder_;
};

TEST_F(MalformedGguf, EveryTruncationIsAnError) {
  const std::string whole = small_gguf().bytes();
  EXPECT_NO_THROW(GgufReader::open(folder_.write("whole.gguf", whole)));
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string path = folder_.write("cut.gguf", whole.substr(0, length));
    expect_error(ErrorCode::kTruncatedFile, {"cut.gguf"}, [&] { GgufReader::open(path); });
  }
}

TEST_F(MalformedGguf, ForeignFilesAndVersionsAreNamed) {
  GgufBytes file = small_gguf();
  file.magic = "GGML";
  expect_refused(file, ErrorCode::kBadMagic, {"GGUF"});
  file.magic = "GGUF";
  file.version = 1;
  expect_refused(file, ErrorCode::kUnsupportedVersion, {"version 1"});
  file.version = 99;
  expect_refused(file, ErrorCode::kUnsupportedVersion, {"version 99"});
  file.version = 0x03000000;
  expect_refused(file, ErrorCode::kUnsupportedVersion, {"big-endian"});
}

TEST_F(MalformedGguf, HugeCountsFailBeforeAnythingIsAllocated) {
  GgufBytes file = small_gguf();
  file.claimed_tensors = ~uint64_t{0};
  expect_refused(file, ErrorCode::kMalformedHeader, {"tensors", "65536"});
  file.claimed_tensors = 65536;
  expect_refused(file, ErrorCode::kTruncatedFile, {"tensor list"});
  file.claimed_tensors = 0;
  file.claimed_keys = 65537;
  expect_refused(file, ErrorCode::kMalformedHeader, {"metadata keys"});
  file.claimed_keys = 65536;
  expect_refused(file, ErrorCode::kTruncatedFile, {"metadata"});
}

TEST_F(MalformedGguf, HugeStringsAndArraysFailBeforeAnythingIsAllocated) {
  for (const uint64_t length : {~uint64_t{0}, uint64_t{1} << 62, uint64_t{1000}}) {
    expect_value_refused(8, raw(length) + "abc", ErrorCode::kTruncatedFile, {"some.key"});
    expect_value_refused(9, raw(uint32_t{0}) + raw(length) + "abc", ErrorCode::kTruncatedFile,
                         {"some.key"});
    expect_value_refused(9, raw(uint32_t{8}) + raw(length) + "abc", ErrorCode::kTruncatedFile,
                         {"some.key"});
    expect_value_refused(9, raw(uint32_t{12}) + raw(length) + "abc", ErrorCode::kTruncatedFile,
                         {"some.key"});
  }
  const std::string inner = raw(uint32_t{8}) + raw(uint64_t{1}) + raw(~uint64_t{0}) + "abcdefgh";
  expect_value_refused(9, inner, ErrorCode::kTruncatedFile, {"some.key"});
}

TEST_F(MalformedGguf, ArraysTogetherStayUnderTheElementLimit) {
  const uint64_t half = (uint64_t{1} << 23) + 1;
  GgufBytes file;
  file.key("a", 9, raw(uint32_t{0}) + raw(half) + std::string(half, '\0'));
  EXPECT_NO_THROW(GgufReader::open(folder_.write("one.gguf", file.bytes())));
  file.key("b", 9, raw(uint32_t{0}) + raw(half) + std::string(half, '\0'));
  expect_refused(file, ErrorCode::kMalformedMetadata, {"'b'", "limit"});
}

TEST_F(MalformedGguf, AbsurdMetadataTypesAreNamed) {
  for (const uint32_t type : {13u, 255u, 0xFFFFFFFFu}) {
    expect_value_refused(type, raw(uint64_t{0}), ErrorCode::kMalformedMetadata,
                         {"some.key", std::to_string(type)});
    expect_value_refused(9, raw(type) + raw(uint64_t{0}), ErrorCode::kMalformedMetadata,
                         {"some.key"});
  }
  expect_value_refused(9, raw(uint32_t{9}) + raw(uint64_t{1}) + raw(uint32_t{0}) + raw(uint64_t{0}),
                       ErrorCode::kMalformedMetadata, {"some.key", "array of arrays"});
  expect_value_refused(7, raw(uint8_t{2}), ErrorCode::kMalformedMetadata, {"some.key", "boolean"});
  expect_value_refused(9, raw(uint32_t{7}) + raw(uint64_t{1}) + raw(uint8_t{255}),
                       ErrorCode::kMalformedMetadata, {"some.key", "boolean"});
}

TEST_F(MalformedGguf, KeysMustBeUniqueAndOfAReasonableLength) {
  GgufBytes file;
  file.key("twice", 0, raw(uint8_t{1}));
  file.key("twice", 0, raw(uint8_t{2}));
  expect_refused(file, ErrorCode::kMalformedMetadata, {"twice"});
  file.keys.clear();
  file.key("", 0, raw(uint8_t{1}));
  expect_refused(file, ErrorCode::kMalformedHeader, {"metadata key"});
  file.keys.clear();
  file.key(std::string(65537, 'k'), 0, raw(uint8_t{1}));
  expect_refused(file, ErrorCode::kMalformedHeader, {"65537"});
  file.keys.clear();
  file.key(std::string(65536, 'k'), 0, raw(uint8_t{1}));
  EXPECT_NO_THROW(GgufReader::open(folder_.write("long.gguf", file.bytes())));
}

TEST_F(MalformedGguf, AlignmentMustBeAPowerOfTwoInRange) {
  for (const uint32_t alignment : {0u, 1u, 4u, 24u, 131072u}) {
    GgufBytes file;
    file.key("general.alignment", 4, raw(alignment));
    expect_refused(file, ErrorCode::kMalformedMetadata, {"general.alignment"});
  }
  GgufBytes file;
  file.key("general.alignment", 8, raw_string("32"));
  expect_refused(file, ErrorCode::kMalformedMetadata, {"general.alignment"});
}

TEST_F(MalformedGguf, ShapesMustBePossible) {
  const auto code = ErrorCode::kMalformedTensor;
  expect_tensors_refused({{"t", {}, 0, 0}}, code, {"'t'", "dimensions"});
  expect_tensors_refused({{"t", {1, 1, 1, 1, 1}, 0, 0}}, code, {"'t'", "5 dimensions"});
  expect_tensors_refused({{"t", {0}, 0, 0}}, code, {"'t'", "zero"});
  expect_tensors_refused({{"t", {4, 0}, 0, 0}}, code, {"'t'", "zero"});
  expect_tensors_refused({{"t", {~uint64_t{0}}, 0, 0}}, code, {"'t'"});
  expect_tensors_refused({{"t", {uint64_t{1} << 62}, 0, 0}}, code, {"'t'"});
  expect_tensors_refused({{"t", {uint64_t{1} << 32, uint64_t{1} << 32}, 0, 0}}, code, {"'t'"});
  expect_tensors_refused({{"t", {uint64_t{1} << 31, 1 << 16, 1 << 16, 1 << 16}, 0, 0}}, code,
                         {"'t'"});
  expect_tensors_refused({{"t", {33}, 8, 0}}, code, {"'t'", "q8_0"});
  expect_tensors_refused({{"t", {32, 3}, 14, 0}}, code, {"'t'", "q6_k"});
  expect_tensors_refused({{"", {1}, 0, 0}}, ErrorCode::kMalformedHeader, {"tensor name"});
}

TEST_F(MalformedGguf, TensorsMustLieInsideTheFileApartAndAligned) {
  const auto code = ErrorCode::kMalformedTensor;
  expect_tensors_refused({{"t", {4}, 0, 1}}, code, {"'t'", "alignment"});
  expect_tensors_refused({{"t", {4}, 0, 16}}, code, {"'t'", "alignment"});
  expect_tensors_refused({{"t", {4}, 0, 0}, {"u", {4}, 0, 0}}, code, {"overlaps"});
  expect_tensors_refused({{"t", {64}, 0, 0}, {"u", {4}, 0, 224}}, code, {"'u'", "overlaps", "'t'"});
  expect_tensors_refused({{"t", {4}, 0, 32}, {"u", {64}, 0, 0}}, code, {"overlaps"});
  expect_tensors_refused({{"t", {4}, 0, 0}, {"t", {4}, 0, 32}}, code, {"'t'", "twice"});
  const auto truncated = ErrorCode::kTruncatedFile;
  expect_tensors_refused({{"t", {4}, 0, 4096}}, truncated, {"'t'", "truncated"});
  expect_tensors_refused({{"t", {1025}, 0, 0}}, truncated, {"'t'", "truncated"});
  expect_tensors_refused({{"t", {4}, 0, ~uint64_t{31}}}, truncated, {"'t'", "truncated"});
  expect_tensors_refused({{"t", {uint64_t{1} << 60}, 0, 32}}, truncated, {"'t'", "truncated"});
}

TEST_F(MalformedGguf, UnknownTensorTypesAreNamed) {
  for (const uint32_t type : {3u, 9u, 12u, 15u, 24u, 31u, 1000u, 0xFFFFFFFFu}) {
    expect_tensors_refused({{"odd.weight", {256}, type, 0}}, ErrorCode::kUnsupportedTensorType,
                           {"odd.weight", std::to_string(type), "q4_0"});
  }
}

TEST_F(MalformedGguf, RandomDamageEitherLoadsOrIsATypedError) {
  const std::string whole = small_gguf().bytes();
  std::mt19937_64 random(20261121);
  int loaded = 0;
  int refused = 0;
  for (int round = 0; round < test::fuzz_rounds(6000); ++round) {
    std::string damaged = whole;
    const size_t flips = 1 + random() % 6;
    for (size_t i = 0; i < flips; ++i) {
      // Mostly in the header, where every byte means something.
      const size_t range = random() % 8 == 0 ? whole.size() : 700;
      const uint64_t choice = random();
      const uint8_t byte = choice % 3 == 0   ? 0xFF
                           : choice % 3 == 1 ? 0
                                             : static_cast<uint8_t>(choice >> 8);
      damaged[random() % range] = static_cast<char>(byte);
    }
    const std::string path = folder_.write("damaged.gguf", damaged);
    try {
      visit_everything(*GgufReader::open(path));
      ++loaded;
    } catch (const Error&) {
      ++refused;
    }
  }
  // Both outcomes occur, so the damage is neither harmless nor always caught by the first check.
  EXPECT_GT(loaded, 100);
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace bamboo
