#include "threading/cpu_topology.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sched.h>
#endif

namespace bamboo {
namespace {

constexpr int kNoLimit = 1 << 16;

int logical_cpus() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

int read_number(const std::string& path, int missing) {
  std::ifstream file(path);
  int value = 0;
  return file >> value ? value : missing;
}

// A kernel CPU list such as "0-3,8"; empty when the file is missing or is something else.
std::set<int> read_cpu_list(const std::string& path) {
  std::set<int> cpus;
  std::ifstream file(path);
  for (std::string part; std::getline(file, part, ',');) {
    std::istringstream text(part);
    int first = 0;
    int last = 0;
    char dash = 0;
    if (!(text >> first)) return {};
    if (!(text >> dash >> last)) last = first;
    for (int cpu = first; cpu <= last && cpu < kNoLimit; ++cpu) cpus.insert(cpu);
  }
  return cpus;
}

// Whole cores that `quota` of every `period` microseconds pays for; a quota of "max" or -1 is none.
int cores_of_quota(double quota, double period) {
  if (!(quota > 0) || !(period > 0)) return kNoLimit;
  return std::max(1, static_cast<int>(std::floor(quota / period)));
}

// cgroup v2: "max 100000" or "150000 100000".
int limit_of_group_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  double quota = 0;
  double period = 0;
  return file >> quota >> period ? cores_of_quota(quota, period) : kNoLimit;
}

int limit_of_group_v1(const std::string& folder) {
  return cores_of_quota(read_number(folder + "/cpu.cfs_quota_us", -1),
                        read_number(folder + "/cpu.cfs_period_us", 0));
}

// The tightest quota among a group and those it lies in. A container may name a group that it does
// not see: then those above it count.
template <class LimitOf>
int tightest_limit(const std::string& mount, std::string group, const LimitOf& limit_of) {
  int limit = limit_of(mount);
  while (group.size() > 1) {
    limit = std::min(limit, limit_of(mount + group));
    group.resize(group.rfind('/'));
  }
  return limit;
}

// Lines of /proc/self/cgroup are "id:controllers:group"; no controllers mean cgroup v2.
int cgroup_cpu_limit(const std::string& root) {
  const std::string mount = root + "/sys/fs/cgroup";
  int limit = limit_of_group_v2(mount);
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (group.empty() || group[0] != '/') continue;
    if (controllers.empty()) {
      limit = std::min(limit, tightest_limit(mount, group, limit_of_group_v2));
    } else if (("," + controllers + ",").find(",cpu,") != std::string::npos) {
      limit = std::min(limit, tightest_limit(mount + "/cpu", group, limit_of_group_v1));
    }
  }
  return limit;
}

#if defined(__linux__)
std::vector<int> affinity() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof(mask), &mask) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &mask)) cpus.push_back(cpu);
  }
  return cpus;
}
#endif

}  // namespace

int linux_physical_cores(const std::string& root, std::span<const int> allowed_cpus) {
  // Hybrid processors list their performance cores here. Efficiency cores would make every loop
  // wait for the slowest.
  const std::set<int> fast = read_cpu_list(root + "/sys/devices/cpu_core/cpus");
  const auto is_fast = [&](int cpu) { return fast.contains(cpu); };
  const bool any_fast = std::any_of(allowed_cpus.begin(), allowed_cpus.end(), is_fast);
  std::set<std::pair<int, int>> cores;
  for (const int cpu : allowed_cpus) {
    if (any_fast && !is_fast(cpu)) continue;
    const std::string topology =
        root + "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    // A CPU without a topology file counts as a core of its own.
    cores.emplace(read_number(topology + "physical_package_id", 0),
                  read_number(topology + "core_id", 1 << 20 | cpu));
  }
  const int found = cores.empty() ? logical_cpus() : static_cast<int>(cores.size());
  return std::max(1, std::min(found, cgroup_cpu_limit(root)));
}

int available_physical_cores() {
#if defined(__linux__)
  return linux_physical_cores("", affinity());
#else
  return logical_cpus();
#endif
}

}  // namespace bamboo
