// A lock that any thread may release: Python's threading.Lock.
// Unlike std::mutex it is a binary semaphore and not owned by a thread (a lock taken here may be released
// there), takes a deadline, tells whether it is taken, and is annotated for clang's thread-safety analysis.
// Unlike std::timed_mutex its timed wait is understood by ThreadSanitizer.
//
// Invariants:
// 1. state_ is 0 (free), 1 (taken) or 2 (taken, and perhaps somebody sleeps on state_).
// 2. Whoever is about to sleep has put state_ to 2 itself; whoever takes it 2 -> 0 wakes one sleeper.
// Source: Drepper, "Futexes Are Tricky", 2011, section 6 (mutex, take 3).
#pragma once

#include <weft/base/annotations.hpp>
#include <weft/base/deadline.hpp>
#include <weft/base/export.hpp>
#include <weft/base/parking.hpp>

namespace weft {

/// **Thread safety**: every member from any thread. Immovable.
/// **Visibility**: what happened before unlock() is visible after the lock() that follows it.
/// **Python**: threading.Lock; the methods have the names of C++'s Lockable so that std::scoped_lock takes it.
class WEFT_EXPORT WEFT_CAPABILITY("mutex") mutex {
 public:
  constexpr mutex() noexcept = default;
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;
  ~mutex() = default;

  /// **Blocks** until the lock is taken.
  void lock() noexcept WEFT_ACQUIRE() {
    std::uint32_t free = 0;
    if (!state_.compare_exchange_strong(free, 1)) lock_slowly({});
  }

  /// Never blocks; true if the lock was taken.
  [[nodiscard]] bool try_lock() noexcept WEFT_TRY_ACQUIRE(true) {
    std::uint32_t free = 0;
    return state_.compare_exchange_strong(free, 1);
  }

  /// **Blocks** until the lock is taken (true) or the deadline has passed (false).
  /// **Errors**: invalid_argument for a negative duration.
  [[nodiscard]] bool try_lock_for(const deadline& until) WEFT_TRY_ACQUIRE(true);
  [[nodiscard]] bool try_lock_until(const deadline& until) WEFT_TRY_ACQUIRE(true) { return try_lock_for(until); }

  /// Never blocks. **Errors**: invalid_state if the lock is not taken.
  void unlock() WEFT_RELEASE() {
    const std::uint32_t before = state_.exchange(0);
    // From here on the lock may already be gone: its address is only a key.
    if (before != 1) unlock_slowly(&state_, before);
  }

  /// True while anybody holds the lock.
  bool locked() const noexcept { return state_.load() != 0; }

 private:
  bool lock_slowly(const deadline& until) noexcept;
  static void unlock_slowly(const detail::futex_word* state, std::uint32_t before);

  // Written by lock, try_lock and unlock from any thread; the exchange in unlock pairs with the
  // compare-and-exchange of the next lock.
  detail::futex_word state_{0};
};

/// Holds a lock for a scope. Unlike std::scoped_lock it takes one lock and is known to clang's analysis.
template <class Lock>
class WEFT_SCOPED_CAPABILITY scoped_lock {
 public:
  explicit scoped_lock(Lock& lock) WEFT_ACQUIRE(lock) : lock_(lock) { lock_.lock(); }
  scoped_lock(const scoped_lock&) = delete;
  scoped_lock& operator=(const scoped_lock&) = delete;
  ~scoped_lock() WEFT_RELEASE() { lock_.unlock(); }

 private:
  Lock& lock_;
};

}  // namespace weft
