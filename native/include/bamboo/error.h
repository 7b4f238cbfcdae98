// The one error type of the native library: a code from a closed set and a sentence for people.
// The strings are the same as in src/protocol/errorCodes.ts; a test compares the two lists.
#ifndef BAMBOO_ERROR_H_
#define BAMBOO_ERROR_H_

#include <stdexcept>
#include <string>

namespace bamboo {

enum class ErrorCode {
  kFileNotFound,
  kFileUnreadable,
  kFileWriteFailed,
  kBadMagic,
  kUnsupportedVersion,
  kTruncatedFile,
  kMalformedHeader,
  kMalformedMetadata,
  kMalformedTensor,
  kUnsupportedTensorType,
  kUnsupportedArchitecture,
  kMissingMetadata,
  kMissingTensor,
  kShapeMismatch,
  kInvalidArgument,
  kContextOverflow,
  kOutOfMemory,
  kUnknownIsa,
  kUnsupportedIsa,
  kInternal,
};

// "bad-magic" for kBadMagic, and so on.
const char* error_code_name(ErrorCode code);

// Thrown by loading, converting and argument checks; never by kernels or by the decode loop.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace bamboo

#endif  // BAMBOO_ERROR_H_
