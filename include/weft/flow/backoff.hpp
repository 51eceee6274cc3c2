// How long to wait before the next attempt: exponential, with full jitter, so that many who failed together do not
// come back together.
// Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
#pragma once

#include <weft/base/export.hpp>

#include <chrono>
#include <cstdint>

namespace weft {

struct backoff_options {
  /// The longest wait before the second attempt.
  std::chrono::nanoseconds base = std::chrono::milliseconds(100);
  /// By how much the longest wait grows with every further attempt; 1 or more.
  double factor = 2.0;
  /// No wait is longer than this.
  std::chrono::nanoseconds cap = std::chrono::seconds(30);
};

/// **Thread safety**: ceiling() any time; next() one thread at a time.
class WEFT_EXPORT backoff {
 public:
  /// Seeded from the system's randomness. **Errors**: invalid_argument for a base or cap below zero or a factor
  /// below 1.
  explicit backoff(const backoff_options& options = {});
  /// The same seed gives the same waits, on every machine.
  backoff(const backoff_options& options, std::uint64_t seed);

  /// The longest wait after `failures` failed attempts (1 or more): min(cap, base * factor^(failures - 1)).
  [[nodiscard]] std::chrono::nanoseconds ceiling(unsigned failures) const noexcept;

  /// A wait drawn evenly from 0 to ceiling(failures), both included.
  [[nodiscard]] std::chrono::nanoseconds next(unsigned failures) noexcept;

 private:
  backoff_options options_;
  std::uint64_t state_;
};

}  // namespace weft
