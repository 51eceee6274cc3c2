// A flag that threads wait for: Python's threading.Event.
// Unlike a std::latch it can be cleared and set again; a set() followed at once by clear() still wakes all.
//
// Invariants: word_ is (generation << 2) | sleepers << 1 | set. Every set() of a clear event begins a new
// generation, so a waiter that sees another generation than when it came knows that the event was set meanwhile.
#pragma once

#include <weft/base/deadline.hpp>
#include <weft/base/export.hpp>
#include <weft/base/parking.hpp>

namespace weft {

/// **Thread safety**: every member from any thread. Immovable. May be destroyed by a thread that wait() woke.
/// **Visibility**: what happened before set() is visible after the wait() that it ends.
class WEFT_EXPORT event {
 public:
  constexpr event() noexcept = default;
  event(const event&) = delete;
  event& operator=(const event&) = delete;
  ~event() = default;

  /// Sets the flag and wakes every waiter. Never blocks.
  void set() noexcept;
  /// Clears the flag. Never blocks.
  void clear() noexcept;
  bool is_set() const noexcept { return (word_.load() & set_bit) != 0; }
  /// **Blocks** until the flag is set (true) or the deadline has passed (false).
  bool wait(const deadline& until = {}) noexcept;

 private:
  static constexpr std::uint32_t set_bit = 1;
  static constexpr std::uint32_t sleepers_bit = 2;
  static constexpr std::uint32_t one_generation = 4;

  // Written by set, clear and (the sleepers bit) wait from any thread.
  detail::futex_word word_{0};
};

}  // namespace weft
