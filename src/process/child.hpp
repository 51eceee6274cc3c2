// What every child process of ours does to itself first.
#pragma once

namespace weft::detail {

/// The descriptor number under which a child keeps its one socket.
inline constexpr int child_socket = 3;

/// Makes `fd` descriptor 3, close-on-exec, and closes everything above it. 0, 1 and 2 stay.
void keep_only(int fd) noexcept;

/// 0, 1 and 2 become /dev/null: a fork server holds nobody's terminal, file or pipe.
void let_go_of_standard_descriptors() noexcept;

/// Nothing but SIGKILL and SIGSTOP reaches a fork server.
void block_all_signals() noexcept;

/// Default handlers, nothing blocked. The handlers of faults stay: they belong to sanitizers and crash reporters.
void restore_signals() noexcept;

}  // namespace weft::detail
