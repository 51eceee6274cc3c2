#include "compare/peak.hpp"

#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weft::compare {
namespace {

namespace fs = std::filesystem;

/// The lines "Key:   number ..." of a file below /proc.
std::map<std::string, double, std::less<>> fields_of(const fs::path& file) {
  std::map<std::string, double, std::less<>> fields;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    const std::size_t digits = line.find_first_of("0123456789", colon == std::string::npos ? line.size() : colon);
    if (digits == std::string::npos) continue;
    double value = 0;
    std::from_chars(line.data() + digits, line.data() + line.size(), value);
    fields[line.substr(0, colon)] = value;
  }
  return fields;
}

double field(const std::map<std::string, double, std::less<>>& fields, std::string_view key) {
  const auto found = fields.find(key);
  return found == fields.end() ? 0 : found->second;
}

std::vector<::pid_t> descendants() {
  std::multimap<::pid_t, ::pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc", fs::directory_options::skip_permission_denied)) {
    const std::string name = entry.path().filename();
    ::pid_t pid = 0;
    const auto [rest, problem] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (problem != std::errc() || rest != name.data() + name.size()) continue;
    children.emplace(static_cast<::pid_t>(field(fields_of(entry.path() / "status"), "PPid")), pid);
  }
  std::vector<::pid_t> found{::getpid()};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [first, last] = children.equal_range(found[i]);
    for (auto at = first; at != last; ++at) found.push_back(at->second);
  }
  found.erase(found.begin());
  return found;
}

double own_bytes(::pid_t pid) {
  const fs::path folder = fs::path("/proc") / std::to_string(pid);
  const auto rollup = fields_of(folder / "smaps_rollup");
  const auto status = fields_of(folder / "status");
  const double given_back = std::max(0.0, field(status, "VmHWM") - field(status, "VmRSS"));
  return (field(rollup, "Private_Clean") + field(rollup, "Private_Dirty") + given_back) * 1024;
}

}  // namespace

double peak_memory_of_tree() {
  double bytes = field(fields_of("/proc/self/status"), "VmHWM") * 1024;
  for (const ::pid_t pid : descendants()) bytes += own_bytes(pid);
  return bytes;
}

}  // namespace weft::compare
