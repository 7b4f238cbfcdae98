// The one place where a native error becomes a JavaScript error.
#ifndef BAMBOO_ADDON_JS_ERRORS_H_
#define BAMBOO_ADDON_JS_ERRORS_H_

#include <napi.h>

#include <exception>
#include <new>
#include <string>

#include "bamboo/error.h"

namespace bamboo::addon {

struct Failure {
  std::string code;
  std::string message;
};

// Describes the exception in flight; call it inside a catch block.
inline Failure current_failure() {
  try {
    throw;
  } catch (const Error& error) {
    return {error_code_name(error.code()), error.what()};
  } catch (const std::bad_alloc&) {
    return {error_code_name(ErrorCode::kOutOfMemory), "not enough memory"};
  } catch (const std::exception& error) {
    return {error_code_name(ErrorCode::kInternal), error.what()};
  }
}

// A JavaScript Error with a `code` property from src/protocol/errorCodes.ts.
inline Napi::Error js_error(Napi::Env env, const Failure& failure) {
  Napi::Error error = Napi::Error::New(env, failure.message);
  error.Set("code", Napi::String::New(env, failure.code));
  return error;
}

// Runs `body`, turning native errors into JavaScript ones.
template <class Body>
auto guarded(Napi::Env env, const Body& body) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw js_error(env, current_failure());
  }
}

}  // namespace bamboo::addon

#endif  // BAMBOO_ADDON_JS_ERRORS_H_
