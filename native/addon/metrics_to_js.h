// The metrics of a generate() call as the JavaScript object that nativeBinding.ts describes.
#ifndef BAMBOO_ADDON_METRICS_TO_JS_H_
#define BAMBOO_ADDON_METRICS_TO_JS_H_

#include <napi.h>

#include "bamboo/generation_metrics.h"

namespace bamboo::addon {

Napi::Object metrics_to_js(Napi::Env env, const GenerationMetrics& metrics);

}  // namespace bamboo::addon

#endif  // BAMBOO_ADDON_METRICS_TO_JS_H_
