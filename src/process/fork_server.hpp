// The application's side of the fork server: starts it, asks it for workers, ends it.
// Protocol: README.md, "Start of the fork server" and "Start of a worker" 1.
// Thread safety: every function from any thread.
#pragma once

#include "process/descriptor.hpp"

#include <sys/types.h>

namespace weft::detail {

/// **Errors**: invalid_state, saying what to write, if main did not call weft::init.
void require_init(const char* who);

/// Asks for a worker. Start reply and exit report arrive at the socket returned. A fork server that has died is replaced.
/// **Errors**: invalid_state without weft::init; std::system_error.
descriptor request_worker();

/// The fork server's process number, 0 while there is none. For tests and diagnostics.
::pid_t fork_server_pid() noexcept;

}  // namespace weft::detail
