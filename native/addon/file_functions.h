// inspect(), describe(), readMetadata() and convert(): the addon's functions on files, which need
// no loaded model.
#ifndef BAMBOO_ADDON_FILE_FUNCTIONS_H_
#define BAMBOO_ADDON_FILE_FUNCTIONS_H_

#include <napi.h>

namespace bamboo::addon {

Napi::Value inspect_file(const Napi::CallbackInfo& info);
Napi::Value describe_file(const Napi::CallbackInfo& info);
Napi::Value read_file_metadata(const Napi::CallbackInfo& info);
void convert_model(const Napi::CallbackInfo& info);

}  // namespace bamboo::addon

#endif  // BAMBOO_ADDON_FILE_FUNCTIONS_H_
