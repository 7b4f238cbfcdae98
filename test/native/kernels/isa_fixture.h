// Runs a test once for each instruction set that this machine has.
#ifndef BAMBOO_TEST_KERNELS_ISA_FIXTURE_H_
#define BAMBOO_TEST_KERNELS_ISA_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>

#include "kernels/dispatch.h"

namespace bamboo {

class IsaTest : public testing::TestWithParam<std::string> {
 protected:
  const KernelTable& table() const { return kernels_for(GetParam()); }
};

#define BAMBOO_FOR_EACH_ISA(Suite)                                                    \
  INSTANTIATE_TEST_SUITE_P(Isa, Suite, testing::ValuesIn(::bamboo::available_isas()), \
                           [](const auto& isa) { return isa.param; })

}  // namespace bamboo

#endif  // BAMBOO_TEST_KERNELS_ISA_FIXTURE_H_
