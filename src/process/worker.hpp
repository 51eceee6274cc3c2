// The worker process: takes calls from its channel, one after the other, and answers each.
// Protocol: README.md, "Start of a worker" 5 and "Task" 3.
#pragma once

namespace weft::detail {

/// Serves the channel until it closes or says leave, then exits without static destruction.
[[noreturn]] void run_worker(int channel) noexcept;

}  // namespace weft::detail
