// What several engine tests ask: the error of a call, the equality of bits, a request that nobody
// cancels.
#ifndef BAMBOO_TEST_ENGINE_CHECKS_H_
#define BAMBOO_TEST_ENGINE_CHECKS_H_

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "bamboo/error.h"

namespace bamboo::test {

inline const std::atomic<bool> kNever{false};

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

inline ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_GT(std::string(error.what()).size(), 10u) << "the message must say what is wrong";
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::kInternal;
}

}  // namespace bamboo::test

#endif  // BAMBOO_TEST_ENGINE_CHECKS_H_
