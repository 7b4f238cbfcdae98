// How many threads are right, on systems that are folders of files.
#include "threading/cpu_topology.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace bamboo {
namespace {

class CpuTopologyTest : public ::testing::Test {
 protected:
  CpuTopologyTest()
      : root_(::testing::TempDir() + "topology_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(root_);
  }
  ~CpuTopologyTest() override { std::filesystem::remove_all(root_); }

  void write(const std::string& path, const std::string& content) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content << '\n';
  }

  // `cpus` logical CPUs, `per_core` of them on each core.
  void write_cpus(int cpus, int per_core) {
    for (int cpu = 0; cpu < cpus; ++cpu) {
      const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
      write(folder + "physical_package_id", "0");
      write(folder + "core_id", std::to_string(cpu / per_core));
    }
  }

  int cores(int cpus) const {
    std::vector<int> allowed;
    for (int cpu = 0; cpu < cpus; ++cpu) allowed.push_back(cpu);
    return linux_physical_cores(root_, allowed);
  }

  std::string root_;
};

TEST_F(CpuTopologyTest, ThisMachineHasAtLeastOneCore) { EXPECT_GE(available_physical_cores(), 1); }

TEST_F(CpuTopologyTest, HyperThreadsOfACoreCountOnce) {
  write_cpus(8, 2);
  EXPECT_EQ(cores(8), 4);
  EXPECT_EQ(linux_physical_cores(root_, std::vector<int>{0, 2, 3}), 2) << "by the affinity mask";
}

TEST_F(CpuTopologyTest, WithoutTopologyFilesEveryCpuIsACore) { EXPECT_EQ(cores(3), 3); }

TEST_F(CpuTopologyTest, OnlyPerformanceCoresOfAHybridProcessorCount) {
  write_cpus(8, 1);
  write("/sys/devices/cpu_core/cpus", "0-2,5");
  EXPECT_EQ(cores(8), 4);
  EXPECT_EQ(linux_physical_cores(root_, std::vector<int>{3, 4}), 2)
      << "a process bound to efficiency cores uses those";
}

TEST_F(CpuTopologyTest, ABrokenCpuListIsNone) {
  write_cpus(4, 1);
  write("/sys/devices/cpu_core/cpus", "all of them");
  EXPECT_EQ(cores(4), 4);
}

TEST_F(CpuTopologyTest, AQuotaOfTheContainerLimits) {
  write("/sys/fs/cgroup/cpu.max", "250000 100000");
  EXPECT_EQ(cores(8), 2);
  write("/sys/fs/cgroup/cpu.max", "50000 100000");
  EXPECT_EQ(cores(8), 1) << "less than one core is one thread";
  write("/sys/fs/cgroup/cpu.max", "max 100000");
  EXPECT_EQ(cores(8), 8);
}

TEST_F(CpuTopologyTest, TheTightestQuotaAboveAGroupCounts) {
  write("/proc/self/cgroup", "0::/user.slice/app.scope");
  write("/sys/fs/cgroup/user.slice/cpu.max", "300000 100000");
  write("/sys/fs/cgroup/user.slice/app.scope/cpu.max", "600000 100000");
  EXPECT_EQ(cores(8), 3);
  write("/sys/fs/cgroup/user.slice/app.scope/cpu.max", "200000 100000");
  EXPECT_EQ(cores(8), 2);
}

TEST_F(CpuTopologyTest, TheOldControlGroupsCountToo) {
  write("/proc/self/cgroup", "5:cpuset:/x\n3:cpu,cpuacct:/docker/abc");
  write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
  write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
  write("/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "400000");
  write("/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us", "100000");
  EXPECT_EQ(cores(8), 4);
}

TEST_F(CpuTopologyTest, AGroupThatIsNotVisibleDoesNotLimit) {
  write("/proc/self/cgroup", "0::/somewhere/else\n3:cpu:/neither/here");
  EXPECT_EQ(cores(4), 4);
}

}  // namespace
}  // namespace bamboo
