#include "base/cpu_quota.hpp"

#include <weft/base/cpu_count.hpp>

#include <gtest/gtest.h>

#include <sched.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <thread>

namespace {

TEST(CpuCount, FollowsTheAffinityOfTheCaller) {
  std::thread([] {
    ::cpu_set_t one;
    CPU_ZERO(&one);
    ::cpu_set_t mine;
    ASSERT_EQ(::sched_getaffinity(0, sizeof mine, &mine), 0);
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
      if (CPU_ISSET(cpu, &mine)) CPU_SET(cpu, &one);
    }
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(weft::cpu_count(), 1U);
  }).join();
  EXPECT_GE(weft::cpu_count(), 1U);
}

TEST(CpuCount, ReadsAQuotaAndItsAbsence) {
  EXPECT_EQ(weft::detail::parse_cpu_max("150000 100000"), 1.5);
  EXPECT_FALSE(weft::detail::parse_cpu_max("max 100000"));
  EXPECT_FALSE(weft::detail::parse_cpu_max("-1 100000"));
  EXPECT_FALSE(weft::detail::parse_cpu_max(""));
}

TEST(CpuCount, TakesTheTightestQuotaOnTheWayToTheRoot) {
  namespace fs = std::filesystem;
  const fs::path root = fs::temp_directory_path() / ("weft-cgroup-" + std::to_string(::getpid()));
  fs::create_directories(root / "app" / "part");
  std::ofstream(root / "app" / "cpu.max") << "300000 100000\n";
  std::ofstream(root / "app" / "part" / "cpu.max") << "max 100000\n";
  std::ofstream(root / "self") << "0::/app/part\n";
  EXPECT_EQ(weft::detail::cgroup_cpu_quota(root / "self", root), 3.0);
  fs::create_directories(root / "cpu" / "old");
  std::ofstream(root / "cpu" / "old" / "cpu.cfs_quota_us") << "50000\n";
  std::ofstream(root / "cpu" / "old" / "cpu.cfs_period_us") << "100000\n";
  std::ofstream(root / "self") << "4:cpu,cpuacct:/old\n0::/app/part\n";
  EXPECT_EQ(weft::detail::cgroup_cpu_quota(root / "self", root), 0.5);
  fs::remove_all(root);
}

}  // namespace
