// A point on the steady clock at which a wait ends: the one time type of every blocking call in weft.
// Converts implicitly from any chrono duration ("this long from now") and from a steady time point, and
// saturates: a duration too long for the clock is "never".
#pragma once

#include <weft/base/export.hpp>

#include <chrono>
#include <cmath>
#include <ctime>
#include <limits>
#include <type_traits>

namespace weft {

/// **Thread safety**: a value. **Python**: the `timeout` parameter; unlike there, the system clock never matters.
class WEFT_EXPORT deadline {
 public:
  using clock = std::chrono::steady_clock;

  /// Never: waits without end.
  constexpr deadline() noexcept : at_(clock::time_point::max()) {}

  /// At a point of the steady clock.
  constexpr deadline(clock::time_point at) noexcept : at_(at) {}  // NOLINT(google-explicit-constructor)

  /// From now on. Zero polls, negative counts as zero (negative() tells), too long is never.
  /// **Errors**: invalid_argument for a floating-point duration that is not a number.
  template <class Rep, class Period>
  deadline(std::chrono::duration<Rep, Period> from_now)  // NOLINT(google-explicit-constructor)
      : at_(convert(from_now)) {}

  static constexpr deadline never() noexcept { return deadline(); }
  /// Already over: the wait only polls.
  static constexpr deadline now() noexcept { return deadline(polls()); }

  constexpr bool is_never() const noexcept { return at_ == clock::time_point::max(); }
  /// Made from a negative duration.
  constexpr bool negative() const noexcept { return at_ == clock::time_point::min(); }
  bool expired() const noexcept { return !is_never() && (at_ <= polls() || clock::now() >= at_); }
  /// What is left, never negative; nanoseconds::max() for never.
  std::chrono::nanoseconds remaining() const noexcept;
  constexpr clock::time_point time() const noexcept { return at_; }
  /// The same point as the kernel counts it (CLOCK_MONOTONIC). Not for never().
  ::timespec to_timespec() const noexcept;

  friend constexpr auto operator<=>(const deadline&, const deadline&) = default;

 private:
  static constexpr clock::time_point polls() noexcept { return clock::time_point::min() + clock::duration(1); }

  [[noreturn]] static void throw_not_a_number();
  static clock::time_point from_now(clock::duration wait) noexcept;

  template <class Rep, class Period>
  static clock::time_point convert(std::chrono::duration<Rep, Period> wait) {
    if constexpr (std::is_floating_point_v<Rep>) {
      if (std::isnan(wait.count())) throw_not_a_number();
    }
    if (wait < wait.zero()) return clock::time_point::min();
    if (wait == wait.zero()) return polls();
    // Compared in floating point so that the comparison itself cannot overflow.
    using seconds = std::chrono::duration<long double>;
    if (seconds(wait) >= seconds(clock::duration::max())) return clock::time_point::max();
    // Rounded up, never down: a wait must not end early.
    return from_now(std::chrono::ceil<clock::duration>(wait));
  }

  clock::time_point at_;
};

/// The earlier of two deadlines.
inline deadline earlier(const deadline& a, const deadline& b) noexcept { return a < b ? a : b; }

}  // namespace weft
