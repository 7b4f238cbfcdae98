// The names of the feed-forward modes in JavaScript.
#ifndef BAMBOO_ADDON_FFN_MODE_H_
#define BAMBOO_ADDON_FFN_MODE_H_

#include "addon/js_arguments.h"
#include "bamboo/engine.h"

namespace bamboo::addon {

// Exact when undefined.
inline FfnMode read_mode(const Napi::Value& value) {
  if (value.IsUndefined()) return FfnMode::kExact;
  const std::string name = string_value(value, "mode");
  if (name == "exact") return FfnMode::kExact;
  if (name == "dense") return FfnMode::kDense;
  if (name == "predicted") return FfnMode::kPredicted;
  refuse("mode", "'dense', 'exact' or 'predicted'");
}

}  // namespace bamboo::addon

#endif  // BAMBOO_ADDON_FFN_MODE_H_
