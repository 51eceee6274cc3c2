#include "factorial/memory.hpp"

#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

namespace weft::factorial {
namespace {

namespace fs = std::filesystem;
constexpr double unlimited = std::numeric_limits<double>::infinity();

/// The number that the file holds; nothing for "max" or no file.
std::optional<double> number_in(const fs::path& file) {
  double value = 0;
  if (std::ifstream in(file); in >> value) return value;
  return std::nullopt;
}

double free_of_machine(const fs::path& meminfo) {
  std::ifstream in(meminfo);
  std::string key;
  for (double kilobytes = 0; in >> key >> kilobytes; in.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
    if (key == "MemAvailable:") return kilobytes * 1024;
  }
  return unlimited;
}

/// `group` is the path of a control group below `root`; it and its ancestors all limit.
double free_of_group(const fs::path& root, const fs::path& group, const char* limit_name, const char* usage_name) {
  double least = unlimited;
  for (fs::path at = group.relative_path();; at = at.parent_path()) {
    const auto limit = number_in(root / at / limit_name);
    const auto usage = number_in(root / at / usage_name);
    if (limit && usage) least = std::min(least, std::max(0.0, *limit - *usage));
    if (at.empty()) return least;
  }
}

double free_of_groups(const memory_sources& sources) {
  double least = unlimited;
  std::ifstream in(sources.self_cgroup);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    const std::size_t path_colon = line.find(':', colon + 1);
    if (colon == std::string::npos || path_colon == std::string::npos) continue;
    const std::string controllers = line.substr(colon + 1, path_colon - colon - 1);
    const std::string group = line.substr(path_colon + 1);
    if (controllers.empty()) {
      least = std::min(least, free_of_group(sources.cgroup_root, group, "memory.max", "memory.current"));
    } else if (controllers == "memory") {
      least = std::min(least, free_of_group(sources.cgroup_root / "memory", group, "memory.limit_in_bytes",
                                            "memory.usage_in_bytes"));
    }
  }
  return least;
}

double free_of_process() {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return unlimited;
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  const auto mapped = number_in("/proc/self/statm");
  return std::max(0.0, static_cast<double>(limit.rlim_cur) - mapped.value_or(0) * page);
}

}  // namespace

double available_memory(const memory_sources& sources) {
  return std::min({free_of_machine(sources.meminfo), free_of_groups(sources), free_of_process()});
}

}  // namespace weft::factorial
