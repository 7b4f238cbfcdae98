// tokenizer.json (Hugging Face tokenizers) to tokenizer.ggml.* (GGUF).
#include "format/tokenizer_metadata.h"

#include <cstdint>
#include <vector>

#include "bamboo/error.h"
#include "format/json.h"
#include "format/mapped_file.h"

namespace bamboo {
namespace {

// tokenizer.ggml.token_type, numbered as in llama.cpp.
constexpr int32_t kNormalToken = 1;
constexpr int32_t kControlToken = 3;
constexpr int32_t kUserDefinedToken = 4;
constexpr int32_t kUnusedToken = 5;

struct Vocabulary {
  std::vector<std::string> tokens;
  std::vector<int32_t> types;
};

[[noreturn]] void fail(const std::string& path, const std::string& problem) {
  throw Error(ErrorCode::kMalformedMetadata,
              path + ": " + problem + ": the tokenizer does not fit the model");
}

size_t checked_id(const std::string& path, const JsonValue* value, size_t vocab_size) {
  const int64_t* id = value == nullptr ? nullptr : value->get<int64_t>();
  if (id == nullptr || *id < 0 || static_cast<uint64_t>(*id) >= vocab_size)
    fail(path, "has a token id outside the vocabulary");
  return static_cast<size_t>(*id);
}

void place(const std::string& path, const std::string& text, size_t id, int32_t type,
           Vocabulary& vocabulary) {
  const bool taken = vocabulary.types[id] != kUnusedToken;
  if (taken && vocabulary.tokens[id] != text)
    fail(path, "gives the id " + std::to_string(id) + " to two tokens");
  vocabulary.tokens[id] = text;
  vocabulary.types[id] = type;
}

Vocabulary read_vocabulary(const std::string& path, const JsonValue& root, const JsonObject& vocab,
                           size_t vocab_size) {
  Vocabulary vocabulary;
  vocabulary.types.assign(vocab_size, kUnusedToken);
  for (size_t id = 0; id < vocab_size; ++id)
    vocabulary.tokens.push_back("[PAD" + std::to_string(id) + "]");
  for (const auto& [text, id] : vocab) {
    place(path, text, checked_id(path, &id, vocab_size), kNormalToken, vocabulary);
  }
  const JsonValue* added = root.find("added_tokens");
  const JsonArray* items = added == nullptr ? nullptr : added->get<JsonArray>();
  for (size_t i = 0; items != nullptr && i < items->size(); ++i) {
    const JsonValue& item = (*items)[i];
    const JsonValue* content = item.find("content");
    const std::string* text = content == nullptr ? nullptr : content->get<std::string>();
    const JsonValue* special = item.find("special");
    const bool* is_special = special == nullptr ? nullptr : special->get<bool>();
    if (text == nullptr) fail(path, "has an added token without content");
    const int32_t type = is_special != nullptr && *is_special ? kControlToken : kUserDefinedToken;
    place(path, *text, checked_id(path, item.find("id"), vocab_size), type, vocabulary);
  }
  return vocabulary;
}

// A merge is "a b" in older files and ["a", "b"] in newer ones; GGUF has the former.
std::vector<std::string> read_merges(const std::string& path, const JsonArray& items) {
  std::vector<std::string> merges;
  merges.reserve(items.size());
  for (const JsonValue& item : items) {
    if (const std::string* text = item.get<std::string>()) {
      merges.push_back(*text);
      continue;
    }
    const JsonArray* pair = item.get<JsonArray>();
    const std::string* left =
        pair != nullptr && pair->size() == 2 ? (*pair)[0].get<std::string>() : nullptr;
    const std::string* right = left != nullptr ? (*pair)[1].get<std::string>() : nullptr;
    if (right == nullptr) fail(path, "has a merge that is no pair of tokens");
    merges.push_back(*left + " " + *right);
  }
  return merges;
}

bool is_byte_level(const JsonValue& root) {
  const JsonValue* decoder = root.find("decoder");
  const JsonValue* type = decoder == nullptr ? nullptr : decoder->find("type");
  const std::string* name = type == nullptr ? nullptr : type->get<std::string>();
  return name != nullptr && *name == "ByteLevel";
}

}  // namespace

bool add_tokenizer_metadata(const std::string& path, const HfConfig& config, GgufWriter& writer) {
  const MappedFile file = MappedFile::open(path);
  JsonOptions options;
  options.origin = path;
  options.max_bytes = size_t{64} << 20;
  options.max_values = size_t{1} << 23;
  const std::string text(reinterpret_cast<const char*>(file.data()), file.size());
  const JsonValue root = parse_json(text, options);
  const JsonValue* model = root.find("model");
  const JsonValue* vocab_value = model == nullptr ? nullptr : model->find("vocab");
  const JsonValue* merges_value = model == nullptr ? nullptr : model->find("merges");
  const JsonObject* vocab = vocab_value == nullptr ? nullptr : vocab_value->get<JsonObject>();
  const JsonArray* merges = merges_value == nullptr ? nullptr : merges_value->get<JsonArray>();
  if (vocab == nullptr || merges == nullptr || !is_byte_level(root)) return false;

  const Vocabulary vocabulary =
      read_vocabulary(path, root, *vocab, static_cast<size_t>(config.vocab_size));
  writer.add_string("tokenizer.ggml.model", "gpt2");
  writer.add_strings("tokenizer.ggml.tokens", vocabulary.tokens);
  writer.add_ints("tokenizer.ggml.token_type", vocabulary.types);
  writer.add_strings("tokenizer.ggml.merges", read_merges(path, *merges));
  if (config.bos_token_id)
    writer.add_uint32("tokenizer.ggml.bos_token_id", static_cast<uint32_t>(*config.bos_token_id));
  if (config.eos_token_id)
    writer.add_uint32("tokenizer.ggml.eos_token_id", static_cast<uint32_t>(*config.eos_token_id));
  writer.add_bool("tokenizer.ggml.add_bos_token", config.bos_token_id.has_value());
  writer.add_string("tokenizer.huggingface.json", text);
  return true;
}

}  // namespace bamboo
