// How much memory this process may still take: the machine's, its control group's and its own limits.
#pragma once

#include <filesystem>

namespace weft::factorial {

/// Where the kernel tells; tests point it elsewhere.
struct memory_sources {
  std::filesystem::path meminfo = "/proc/meminfo";
  std::filesystem::path self_cgroup = "/proc/self/cgroup";
  std::filesystem::path cgroup_root = "/sys/fs/cgroup";
};

/// Bytes; the tightest of MemAvailable, the limits of the control groups (version 2 and 1) on the way to the
/// root less what they use, and RLIMIT_AS. Infinity when nothing is known.
double available_memory(const memory_sources& sources = {});

}  // namespace weft::factorial
