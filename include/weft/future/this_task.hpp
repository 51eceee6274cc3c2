// What a running task can ask about itself: its name, whether it should stop, and the executor that runs it.
#pragma once

#include <weft/base/export.hpp>
#include <weft/future/executor_ref.hpp>

#include <stop_token>
#include <string>

namespace weft::this_task {

/// Whether the calling thread is running a task of an executor (the innermost one is meant by all that follows).
WEFT_EXPORT bool running() noexcept;

/// The name it was submitted with; empty if none was given or no task is running.
WEFT_EXPORT std::string name();

/// Set when future::request_stop() was called for this task or its executor was shut down with running::request_stop.
/// A token that nobody can set outside of tasks. **Cost**: an allocation at the first call in a task.
/// **Errors**: std::bad_alloc.
WEFT_EXPORT std::stop_token stop_token();

/// stop_token().stop_requested(), without an allocation.
WEFT_EXPORT bool stop_requested() noexcept;

/// The executor that runs it; empty outside of tasks. Valid as long as the task runs.
WEFT_EXPORT executor_ref executor() noexcept;

}  // namespace weft::this_task
