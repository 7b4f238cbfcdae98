// How often a test repeats its random damage: BAMBOO_LONG=1 (npm run test:long) asks for a hundred
// times more.
#ifndef BAMBOO_TEST_FUZZ_ROUNDS_H_
#define BAMBOO_TEST_FUZZ_ROUNDS_H_

#include <cstdlib>

namespace bamboo::test {

inline int fuzz_rounds(int usual) {
  return std::getenv("BAMBOO_LONG") != nullptr ? usual * 100 : usual;
}

}  // namespace bamboo::test

#endif  // BAMBOO_TEST_FUZZ_ROUNDS_H_
