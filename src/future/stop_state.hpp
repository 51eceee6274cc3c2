// The stop token of a running task: made when the task first asks for it, found through the task's list of links by
// those who ask the task to stop.
// Protocol: 1. The task's thread adds the link (task.hpp, step 4) and only then looks whether a stop was asked for
// before. 2. Who asks sets the task's stop bit and only then looks for the link, under the list's lock, and shares the
// source. So one of the two sees the other. 3. The worker deletes the state after the task has ended; by then the list
// is empty.
#pragma once

#include <weft/future/detail/task.hpp>

#include <functional>
#include <optional>
#include <stop_token>

namespace weft::detail {

struct stop_state : link {
  std::stop_source source;
  std::optional<std::stop_callback<std::function<void()>>> from_executor;

  stop_state() noexcept {
    is_stop = true;
    fire = [](link&, task&) noexcept {};
  }
};

}  // namespace weft::detail
