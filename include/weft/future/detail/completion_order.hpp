// Which of many tasks ended next: what as_completed() and map_unordered() stand on.
//
// Protocol: each task gets one waiter's link (task.hpp, step 4). An end pushes its link on a stack and then counts
// itself in a futex word, which is its last access; the consumer empties the stack, and may go as soon as every end
// that it could not take back has been counted. Tasks may be added while it goes on.
#pragma once

#include <weft/base/deadline.hpp>
#include <weft/base/export.hpp>
#include <weft/future/detail/task.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace weft::detail {

/// Tells the positions of tasks in the order in which they end. **Thread safety**: one consumer.
class WEFT_EXPORT completion_order {
 public:
  completion_order();
  completion_order(const completion_order&) = delete;
  completion_order& operator=(const completion_order&) = delete;
  /// Takes its links out of what has not ended.
  ~completion_order();

  /// Watches a task, which must live until its position has been told. Positions count from zero; one that has been
  /// told is used again. What is done already comes in the order of the calls.
  std::size_t add(task& awaited);
  /// The next position; none at the deadline. **Blocks** until one ends. In a worker it helps as task::await() does.
  /// **Errors**: would_deadlock as there.
  std::optional<std::size_t> next(const deadline& until);
  /// Tasks whose positions have not been told.
  std::size_t left() const noexcept;
  /// One more than the highest position so far.
  std::size_t positions() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace weft::detail
