// How many threads the arithmetic may use: physical cores, because two hyper-threads share one set
// of vector units.
#ifndef BAMBOO_THREADING_CPU_TOPOLOGY_H_
#define BAMBOO_THREADING_CPU_TOPOLOGY_H_

#include <span>
#include <string>

namespace bamboo {

// Physical cores this process may run on, at least 1: the distinct (package, core) pairs among the
// CPUs of its affinity mask, only performance cores on hybrid processors, limited by the CPU quotas
// of its control groups. Where the system does not say, the number of logical CPUs.
int available_physical_cores();

// The same from the files of a Linux system under `root` ("" for this one), for the CPUs allowed.
int linux_physical_cores(const std::string& root, std::span<const int> allowed_cpus);

}  // namespace bamboo

#endif  // BAMBOO_THREADING_CPU_TOPOLOGY_H_
