// Source: sched_setaffinity(2); kernel documentation, "Control Group v2" (cpu.max) and "CFS Bandwidth Control".
#include "base/cpu_quota.hpp"

#include <weft/base/cpu_count.hpp>

#include <sched.h>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <thread>

namespace weft {
namespace detail {
namespace {

std::optional<std::string> read_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line)) return std::nullopt;
  return line;
}

std::optional<double> v1_quota(const std::string& directory) {
  const auto quota = read_line(directory + "/cpu.cfs_quota_us");
  const auto period = read_line(directory + "/cpu.cfs_period_us");
  if (!quota || !period) return std::nullopt;
  return parse_cpu_max(*quota + " " + *period);
}

std::optional<double> tighter(std::optional<double> a, std::optional<double> b) {
  if (!a) return b;
  if (!b) return a;
  return std::min(*a, *b);
}

}  // namespace

std::optional<double> parse_cpu_max(const std::string& line) {
  try {
    std::size_t used = 0;
    const double quota = std::stod(line, &used);
    const double period = std::stod(line.substr(used));
    if (quota <= 0 || period <= 0) return std::nullopt;
    return quota / period;
  } catch (const std::exception&) {
    return std::nullopt;  // "max 100000", or not a quota at all
  }
}

std::optional<double> cgroup_cpu_quota(const std::string& cgroup_file, const std::string& mount) {
  std::optional<double> tightest;
  std::ifstream groups(cgroup_file);
  for (std::string line; std::getline(groups, line);) {
    // "hierarchy:controllers:path"; v2 has the empty controller list.
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool v2 = controllers == ",,";
    if (!v2 && controllers.find(",cpu,") == std::string::npos) continue;
    std::string path = line.substr(second + 1);
    while (true) {
      if (v2) {
        for (const char* root : {"", "/unified"}) {
          if (auto max = read_line(mount + root + path + "/cpu.max")) tightest = tighter(tightest, parse_cpu_max(*max));
        }
      } else {
        tightest = tighter(tightest, v1_quota(mount + "/cpu" + path));
      }
      const auto slash = path.rfind('/');
      if (slash == std::string::npos || path.size() <= 1) break;
      path.resize(slash);
    }
  }
  return tightest;
}

}  // namespace detail

unsigned cpu_count() noexcept {
  try {
    unsigned usable = 0;
    // The fixed-size set serves 1,024 processors; beyond that the call fails and the hardware count stands in.
    ::cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) == 0) usable = static_cast<unsigned>(CPU_COUNT(&set));
    if (usable == 0) usable = std::max(1U, std::thread::hardware_concurrency());
    if (const auto quota = detail::cgroup_cpu_quota("/proc/self/cgroup", "/sys/fs/cgroup")) {
      usable = std::min(usable, static_cast<unsigned>(std::max(1.0, std::ceil(*quota))));
    }
    return usable;
  } catch (...) {
    return 1;
  }
}

}  // namespace weft
