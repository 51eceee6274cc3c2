// A condition variable with Python's contract: notify is exact, refused without the lock, never lost.
// Unlike std::condition_variable, notify(n) wakes exactly the n longest waiters, wait and notify throw when
// the lock is not held, and no wake-up is swallowed by a waiter that times out at the same moment.
// Protocol: src/sync/README.md and weft/sync/detail/wait_list.hpp.
#pragma once

#include <weft/sync/detail/wait_list.hpp>
#include <weft/sync/mutex.hpp>

#include <cstddef>

namespace weft {

/// **Thread safety**: every member from any thread that holds the lock. Immovable.
/// **Python**: threading.Condition, over a lock that the caller owns.
class WEFT_EXPORT condition {
 public:
  /// The lock must outlive the condition.
  explicit condition(mutex& lock) noexcept : lock_(lock) {}
  condition(const condition&) = delete;
  condition& operator=(const condition&) = delete;
  ~condition() = default;

  /// Releases the lock, **blocks** until notified (true) or the deadline has passed (false), takes it again.
  /// Spurious returns do not happen. **Errors**: invalid_state if the lock is not held.
  bool wait(const deadline& until = {}) WEFT_NO_THREAD_SAFETY_ANALYSIS;

  /// Waits until the predicate holds; false if it still does not at the deadline, one budget for all waits.
  /// **Errors**: as wait(); what the predicate throws, with the lock held.
  template <class Predicate>
  bool wait_for(Predicate predicate, const deadline& until = {}) WEFT_NO_THREAD_SAFETY_ANALYSIS {
    while (!predicate()) {
      if (!wait(until)) return predicate();
    }
    return true;
  }

  /// Wakes up to `count` waiters, the longest waiting first. Not remembered when nobody waits.
  /// **Errors**: invalid_state if the lock is not held.
  void notify(std::size_t count = 1);
  void notify_all() { notify(static_cast<std::size_t>(-1)); }

 private:
  mutex& lock_;
  mutex guard_;
  detail::wait_list waiters_ WEFT_GUARDED_BY(guard_);
};

}  // namespace weft
