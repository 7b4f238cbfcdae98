// Reads JavaScript objects into native structures and refuses anything of the wrong type.
#ifndef BAMBOO_ADDON_JS_ARGUMENTS_H_
#define BAMBOO_ADDON_JS_ARGUMENTS_H_

#include <napi.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "bamboo/error.h"

namespace bamboo::addon {

[[noreturn]] inline void refuse(const std::string& name, const char* expected) {
  throw Error(ErrorCode::kInvalidArgument, "'" + name + "' must be " + expected);
}

inline Napi::Object object_argument(const Napi::CallbackInfo& info, size_t index,
                                    const char* name) {
  if (info.Length() <= index || !info[index].IsObject()) refuse(name, "an object");
  return info[index].As<Napi::Object>();
}

inline Napi::Function function_argument(const Napi::CallbackInfo& info, size_t index,
                                        const char* name) {
  if (info.Length() <= index || !info[index].IsFunction()) refuse(name, "a function");
  return info[index].As<Napi::Function>();
}

inline std::string string_value(const Napi::Value& value, const std::string& name) {
  if (!value.IsString()) refuse(name, "a string");
  return value.As<Napi::String>().Utf8Value();
}

inline double number_value(const Napi::Value& value, const std::string& name) {
  if (!value.IsNumber() || !std::isfinite(value.As<Napi::Number>().DoubleValue())) {
    refuse(name, "a finite number");
  }
  return value.As<Napi::Number>().DoubleValue();
}

// A whole number within +-2^53.
inline int64_t integer_value(const Napi::Value& value, const std::string& name) {
  const double number = number_value(value, name);
  if (std::floor(number) != number || std::fabs(number) > 9007199254740992.0)
    refuse(name, "a whole number");
  return static_cast<int64_t>(number);
}

// A whole number within 32 bits.
inline int int32_value(const Napi::Value& value, const std::string& name) {
  const int64_t number = integer_value(value, name);
  if (number < INT32_MIN || number > INT32_MAX) refuse(name, "within 32 bits");
  return static_cast<int>(number);
}

// An Int32Array, Uint32Array or Uint8Array, copied.
template <class T, napi_typedarray_type type>
std::vector<T> typed_array_value(const Napi::Value& value, const std::string& name) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type) {
    refuse(name, "a typed array of the right kind");
  }
  const auto array = value.As<Napi::TypedArrayOf<T>>();
  return std::vector<T>(array.Data(), array.Data() + array.ElementLength());
}

inline std::vector<int32_t> int32_array(const Napi::Value& value, const std::string& name) {
  return typed_array_value<int32_t, napi_int32_array>(value, name);
}

inline std::string byte_string(const Napi::Value& value, const std::string& name) {
  const auto bytes = typed_array_value<uint8_t, napi_uint8_array>(value, name);
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace bamboo::addon

#endif  // BAMBOO_ADDON_JS_ARGUMENTS_H_
