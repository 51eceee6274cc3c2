// Calling something again until it succeeds: how often, for which errors, with which waits, until when.
#pragma once

#include <weft/base/deadline.hpp>
#include <weft/base/export.hpp>
#include <weft/flow/backoff.hpp>

#include <chrono>
#include <concepts>
#include <exception>
#include <functional>
#include <utility>

namespace weft {

struct retry_options {
  /// Calls in all, the first one included; at least 1.
  unsigned max_attempts = 5;
  /// The waits between the calls.
  backoff_options wait = {};
  /// No call is started after this, and no wait begun that would end after it.
  deadline until = {};
  /// Whether an error is worth another call: the error and how many calls have failed. Empty: every error is.
  /// Decide by the error's type, never by its text.
  std::function<bool(const std::exception_ptr& error, unsigned failures)> worth_it = {};
  /// How to wait. Empty: the calling thread sleeps.
  std::function<void(std::chrono::nanoseconds)> sleep = {};
};

namespace detail {

/// The part of retry() that does not depend on the callable.
class WEFT_EXPORT retry_loop {
 public:
  retry_loop(const retry_options& options, const backoff& waits);

  unsigned attempt() const noexcept { return failures_ + 1; }
  /// After a failed call: waits and returns, or rethrows the error when there shall be no further call.
  void failed(const std::exception_ptr& error);

 private:
  const retry_options& options_;
  backoff waits_;
  unsigned failures_ = 0;
};

template <class F>
decltype(auto) call_attempt(F& f, unsigned attempt) {
  if constexpr (std::invocable<F&, unsigned>) {
    return std::invoke(f, attempt);
  } else {
    return std::invoke(f);
  }
}

}  // namespace detail

/// Calls `f` until it returns, and returns what it returned. `f` takes nothing, or the number of the attempt (from 1).
/// **Blocks** for the calls and the waits between them.
/// **Errors**: the last call's own, once the attempts or the time are used up or the error is not worth it;
/// invalid_argument for max_attempts = 0.
/// **Thread safety**: as f's.
template <class F>
decltype(auto) retry(const retry_options& options, F&& f, const backoff& waits) {
  for (detail::retry_loop loop(options, waits);;) {
    std::exception_ptr error;
    try {
      return detail::call_attempt(f, loop.attempt());
    } catch (...) {
      error = std::current_exception();
    }
    loop.failed(error);  // outside the handler: nothing of the failed call is alive during the wait
  }
}

/// The same with fresh randomness for the waits.
template <class F>
decltype(auto) retry(const retry_options& options, F&& f) {
  return retry(options, std::forward<F>(f), backoff(options.wait));
}

}  // namespace weft
