#include "threading/cpu_topology.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <utility>

#if defined(__linux__)
#include <sched.h>
#endif

namespace bamboo {
namespace {

int logical_cpus() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

#if defined(__linux__)
int read_number(const std::string& path, int missing) {
  std::ifstream file(path);
  int value = 0;
  return file >> value ? value : missing;
}

// cgroup v2: "max 100000" or "150000 100000" (quota and period in microseconds).
int cgroup_cpu_limit() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota = 0;
  double period = 0;
  if (!(file >> quota >> period) || quota <= 0 || period <= 0) return 1 << 16;
  return std::max(1, static_cast<int>(quota / period));
}

int physical_cores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof(mask), &mask) != 0) return logical_cpus();
  std::set<std::pair<int, int>> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &mask)) continue;
    const std::string topology = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    // A CPU without a topology file counts as a core of its own.
    cores.emplace(read_number(topology + "physical_package_id", 0),
                  read_number(topology + "core_id", 1 << 20 | cpu));
  }
  return cores.empty() ? logical_cpus() : static_cast<int>(cores.size());
}
#endif

}  // namespace

int available_physical_cores() {
#if defined(__linux__)
  return std::max(1, std::min(physical_cores(), cgroup_cpu_limit()));
#else
  return logical_cpus();
#endif
}

}  // namespace bamboo
