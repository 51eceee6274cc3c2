// The cgroup part of cpu_count(), apart from the machine it runs on so that tests can feed it files.
#pragma once

#include <weft/base/export.hpp>

#include <optional>
#include <string>

namespace weft::detail {

/// Processors that "QUOTA PERIOD" (cgroup v2's cpu.max) grants; nothing for "max", -1 or text that is no quota.
WEFT_EXPORT std::optional<double> parse_cpu_max(const std::string& line);

/// The tightest quota between this process's groups (`cgroup_file`, as /proc/self/cgroup) and the root of `mount`.
WEFT_EXPORT std::optional<double> cgroup_cpu_quota(const std::string& cgroup_file, const std::string& mount);

}  // namespace weft::detail
