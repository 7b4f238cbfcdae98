#include "bamboo/error.h"

namespace bamboo {

const char* error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kFileNotFound:
      return "file-not-found";
    case ErrorCode::kFileUnreadable:
      return "file-unreadable";
    case ErrorCode::kFileWriteFailed:
      return "file-write-failed";
    case ErrorCode::kBadMagic:
      return "bad-magic";
    case ErrorCode::kUnsupportedVersion:
      return "unsupported-version";
    case ErrorCode::kTruncatedFile:
      return "truncated-file";
    case ErrorCode::kMalformedHeader:
      return "malformed-header";
    case ErrorCode::kMalformedMetadata:
      return "malformed-metadata";
    case ErrorCode::kMalformedTensor:
      return "malformed-tensor";
    case ErrorCode::kUnsupportedTensorType:
      return "unsupported-tensor-type";
    case ErrorCode::kUnsupportedArchitecture:
      return "unsupported-architecture";
    case ErrorCode::kMissingMetadata:
      return "missing-metadata";
    case ErrorCode::kMissingTensor:
      return "missing-tensor";
    case ErrorCode::kShapeMismatch:
      return "shape-mismatch";
    case ErrorCode::kInvalidArgument:
      return "invalid-argument";
    case ErrorCode::kContextOverflow:
      return "context-overflow";
    case ErrorCode::kOutOfMemory:
      return "out-of-memory";
    case ErrorCode::kUnknownIsa:
      return "unknown-isa";
    case ErrorCode::kUnsupportedIsa:
      return "unsupported-isa";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

}  // namespace bamboo
