// Reads one metadata value of a GGUF file. The caller owns the loop over keys, the readers of a
// model their meaning.
#ifndef BAMBOO_FORMAT_GGUF_METADATA_H_
#define BAMBOO_FORMAT_GGUF_METADATA_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "format/byte_cursor.h"
#include "format/gguf_reader.h"

namespace bamboo {

// The largest key or tensor name, in bytes.
inline constexpr uint64_t kMaxGgufNameBytes = 64 * 1024;

// All array elements of one file together. Widening makes an element up to 16 bytes, so this caps
// memory at 256 MiB; the largest known vocabularies (256k tokens, 512k merges) use a twentieth of
// it.
inline constexpr uint64_t kMaxGgufArrayElements = uint64_t{1} << 24;

// A key or tensor name in quotes for a message, cut to 200 bytes.
std::string quoted(std::string_view name);

// A name: u64 length and bytes. Throws malformed-header when empty or longer than
// kMaxGgufNameBytes.
std::string_view read_gguf_name(ByteCursor& cursor, std::string_view what);

// The type number and value that follow `key`. `array_budget` holds the array elements the file may
// still have and is lowered by this value's. Throws Error truncated-file or malformed-metadata,
// naming the key.
GgufValue read_gguf_value(ByteCursor& cursor, std::string_view key, uint64_t& array_budget);

}  // namespace bamboo

#endif  // BAMBOO_FORMAT_GGUF_METADATA_H_
