// How many processors this process may really use.
#pragma once

#include <weft/base/export.hpp>

namespace weft {

/// The processors this process may use: its affinity mask, cut by the cgroup's CPU quota (v2 cpu.max or v1
/// cfs_quota, the tightest on the way to the root, rounded up). At least 1. Read anew at each call.
/// **Thread safety**: any thread. **Cost**: a few small file reads.
/// **Python**: os.process_cpu_count(); unlike it, the container's quota counts too.
WEFT_EXPORT unsigned cpu_count() noexcept;

}  // namespace weft
