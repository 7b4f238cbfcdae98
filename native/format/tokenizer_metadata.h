// Copies a byte-level BPE tokenizer.json into GGUF's tokenizer.ggml.* keys, so that the file is
// complete on its own. It does not tokenize.
#ifndef BAMBOO_FORMAT_TOKENIZER_METADATA_H_
#define BAMBOO_FORMAT_TOKENIZER_METADATA_H_

#include <string>

#include "format/gguf_writer.h"
#include "format/hf_config.h"

namespace bamboo {

// Writes model ("gpt2"), tokens, token_type, merges, and the end and begin ids of the config. Ids
// without a token are filled with unused ones. The pre-tokenizer's pattern has no GGUF key of its
// own, so tokenizer.huggingface.json, the whole file, follows. Returns false and writes nothing for
// another kind of tokenizer than byte-level BPE. Throws Error malformed-metadata for ids that
// repeat or lie outside the vocabulary.
bool add_tokenizer_metadata(const std::string& path, const HfConfig& config, GgufWriter& writer);

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_TOKENIZER_METADATA_H_
