// Permits that threads take and give back: Python's threading.Semaphore.
// Unlike std::counting_semaphore it is fair (the longest waiter gets the next permit, handed over directly),
// takes a deadline, and has no compile-time maximum. Protocol: weft/sync/detail/wait_list.hpp.
#pragma once

#include <weft/sync/detail/wait_list.hpp>
#include <weft/sync/mutex.hpp>

#include <cstddef>

namespace weft {

/// **Thread safety**: every member from any thread. Immovable. May be destroyed by a thread that acquire() let go.
/// **Visibility**: what happened before release() is visible after the acquire() that takes its permit.
/// lock/unlock are acquire/release under the names that scoped_lock and std::scoped_lock need.
class WEFT_EXPORT semaphore {
 public:
  /// **Errors**: invalid_argument if `permits` is negative.
  explicit semaphore(std::ptrdiff_t permits = 1);
  semaphore(const semaphore&) = delete;
  semaphore& operator=(const semaphore&) = delete;
  ~semaphore() = default;

  /// **Blocks** until a permit is taken (true) or the deadline has passed (false).
  /// **Errors**: invalid_argument for a negative duration.
  bool acquire(const deadline& until = {});
  /// Never blocks; true if a permit was taken.
  bool try_acquire() { return acquire(deadline::now()); }
  /// Gives `permits` back (or adds them); wakes as many waiters. Never blocks.
  void release(std::size_t permits = 1);
  /// Permits free now.
  std::size_t value() const;

  void lock() { acquire(); }
  void unlock() { release(); }

 private:
  mutable mutex guard_;
  std::size_t value_ WEFT_GUARDED_BY(guard_);
  detail::wait_list waiters_ WEFT_GUARDED_BY(guard_);
};

}  // namespace weft
