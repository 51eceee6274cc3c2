// Who waits for whom: every task that is about to sleep without a deadline is noted here first, so that a wait that
// could never end is refused with the names of those in it.
//
// One list of the process under one lock, which only threads take that are about to sleep for tens of microseconds.
// A wait is hopeless if what it waits for (1) is run by the waiting thread itself, (2) is run by a thread whose noted
// wait is hopeless, or (3) has not started and every worker of its executor is in a hopeless wait. Circles count as
// hopeless, so the thread that would close one is told, and the others go on.
// Waits with a deadline are not noted: they end by themselves. Waits of threads that run no task cannot close a circle.
#pragma once

#include <weft/future/detail/task.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace weft::detail {

/// Notes a wait of the calling worker for all of `tasks` while it exists.
class blocked_wait {
 public:
  /// **Errors**: would_deadlock, naming the tasks, if the wait is hopeless.
  blocked_wait(task* const* tasks, std::size_t count);
  blocked_wait(const blocked_wait&) = delete;
  blocked_wait& operator=(const blocked_wait&) = delete;
  ~blocked_wait();

 private:
  friend class hopeless_search;
  // Constant while noted.
  const worker_context& waiter_;
  task* const* tasks_;
  std::size_t count_;
  // Protected by the list's lock.
  blocked_wait* next_ = nullptr;
};

}  // namespace weft::detail
