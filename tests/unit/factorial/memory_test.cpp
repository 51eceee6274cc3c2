#include "factorial/memory.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

namespace fs = std::filesystem;

class AvailableMemory : public testing::Test {
 protected:
  AvailableMemory() {
    fs::create_directories(root_ / "memory");
    fs::create_directories(root_ / "app" / "part");
    write("meminfo", "MemTotal:  4000 kB\nMemFree:  10 kB\nMemAvailable:  3000 kB\nBuffers: 1 kB\n");
  }
  ~AvailableMemory() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& content) { std::ofstream(root_ / name) << content; }
  double available() const {
    return weft::factorial::available_memory(
        {.meminfo = root_ / "meminfo", .self_cgroup = root_ / "self", .cgroup_root = root_});
  }

  fs::path root_ = fs::temp_directory_path() / ("weft-memory-" + std::to_string(::getpid()));
};

TEST_F(AvailableMemory, IsTheMachinesWhenNothingElseLimits) { EXPECT_EQ(available(), 3000 * 1024.0); }

TEST_F(AvailableMemory, IsBoundedByEveryControlGroupOnTheWayToTheRoot) {
  write("self", "0::/app/part\n");
  write("app/memory.max", "900000");
  write("app/memory.current", "300000");
  write("app/part/memory.max", "max");
  write("app/part/memory.current", "100");
  EXPECT_EQ(available(), 600000);
  write("app/part/memory.max", "50");
  EXPECT_EQ(available(), 0);
}

TEST_F(AvailableMemory, IsBoundedByAnOldControlGroupThatTheNamespaceHides) {
  write("self", "4:memory:/elsewhere\n");
  write("memory/memory.limit_in_bytes", "1000");
  write("memory/memory.usage_in_bytes", "400");
  EXPECT_EQ(available(), 600);
}

TEST_F(AvailableMemory, OfThisMachineIsSomething) { EXPECT_GT(weft::factorial::available_memory(), 0); }

}  // namespace
