// The fork server: a process with one thread that forks workers, reaps them and reports how they ended.
// Protocol: README.md, "Start of the fork server" 4 and "Start of a worker" 2 and 3.
#pragma once

namespace weft::detail {

/// Serves the control socket until the application is gone, ends every worker, and exits. `control` is any descriptor.
[[noreturn]] void run_zygote(int control) noexcept;

}  // namespace weft::detail
