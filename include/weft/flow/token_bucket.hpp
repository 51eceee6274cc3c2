// A token bucket: so many tokens a second on average, and at most `burst` of them at once after a rest.
// Kept as one point in time (when the bucket would be full again), not as a level that is topped up: there is no
// timer, no rounding that adds up, and over any span at most burst + rate * span tokens are given.
// Source: the virtual scheduling form of the generic cell rate algorithm, ITU-T I.371, annex A.
#pragma once

#include <weft/base/deadline.hpp>
#include <weft/base/export.hpp>
#include <weft/sync/mutex.hpp>

#include <chrono>
#include <cstdint>

namespace weft {

struct token_bucket_options {
  /// Tokens a second, on average. 0 lifts the limit: everything is given at once.
  double rate = 1.0;
  /// Tokens that may be taken at once after a rest; at least 1. With 1, two takes are never closer than 1 / rate.
  std::uint64_t burst = 1;
};

/// The caller passes `now`, so tests need no clock and one reading serves many buckets; take() alone uses the clock.
/// A `now` that goes back counts as no time passed.
/// **Thread safety**: all members may be called at any time from any thread.
/// **Python**: none; the usual hand-written limiter sleeps in each thread, this one tells when instead (reserve).
class WEFT_EXPORT token_bucket {
 public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  /// Starts full. **Errors**: invalid_argument for a rate that is negative or no number, or a burst of 0.
  explicit token_bucket(const token_bucket_options& options);
  token_bucket(const token_bucket&) = delete;
  token_bucket& operator=(const token_bucket&) = delete;

  /// Takes `count` tokens if they are there at `now`. **Errors**: invalid_argument if `count` is more than the burst,
  /// which could never succeed.
  [[nodiscard]] bool try_take(std::uint64_t count, time_point now);

  /// Takes `count` tokens, on credit if need be, and returns when they may be used: `now` or later. Any count is
  /// allowed; who comes later waits for the credit to be paid. Nobody sleeps: schedule the work for that time.
  [[nodiscard]] time_point reserve(std::uint64_t count, time_point now);

  /// When `count` tokens would be there if nobody took any before; takes nothing.
  [[nodiscard]] time_point next(std::uint64_t count, time_point now) const;

  /// Takes `count` tokens and **blocks** until they may be used. Returns false, at once and with nothing taken, if
  /// that would be after `until`: waiting on would be in vain.
  [[nodiscard]] bool take(std::uint64_t count = 1, const deadline& until = {});

  const token_bucket_options& options() const noexcept { return options_; }

 private:
  /// When `count` more may be used, from the state as it is.
  time_point usable(std::uint64_t count, time_point now) const WEFT_REQUIRES(mutex_);
  void spend(std::uint64_t count, time_point now) WEFT_REQUIRES(mutex_);
  time_point at(std::uint64_t tokens) const WEFT_REQUIRES(mutex_);

  const token_bucket_options options_;
  const double interval_;  // nanoseconds a token; 0: no limit

  // protected by mutex_, which is never held while anybody sleeps
  mutable mutex mutex_;
  time_point anchor_ WEFT_GUARDED_BY(mutex_){};  // when the bucket was last full
  std::uint64_t spent_ WEFT_GUARDED_BY(mutex_) =
      0;  // tokens given since then; a product, not a sum, so that rounding cannot add up
};

}  // namespace weft
