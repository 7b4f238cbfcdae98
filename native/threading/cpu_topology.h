// How many threads the arithmetic may use: physical cores, because two hyper-threads share one set
// of vector units.
#ifndef BAMBOO_THREADING_CPU_TOPOLOGY_H_
#define BAMBOO_THREADING_CPU_TOPOLOGY_H_

namespace bamboo {

// Physical cores this process may run on, at least 1: the distinct (package, core) pairs among the
// CPUs of its affinity mask, limited by the cgroup's CPU quota. Where the system does not say, the
// number of logical CPUs.
int available_physical_cores();

}  // namespace bamboo

#endif  // BAMBOO_THREADING_CPU_TOPOLOGY_H_
