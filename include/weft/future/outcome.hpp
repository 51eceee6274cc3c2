// How one call ended: with a value or with an error. What a chunk of a map carries for each item.
#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace weft {

/// Either holds a value or an error. **Thread safety**: a value.
template <class V>
class outcome {
 public:
  explicit outcome(V value) : value_(std::move(value)) {}
  explicit outcome(std::exception_ptr error) noexcept : error_(std::move(error)) {}

  /// Calls and keeps how it ended; a void call has std::monostate as its value.
  template <class Call>
  static outcome of(Call&& call) {
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<Call>>) {
        std::forward<Call>(call)();
        return outcome(V());
      } else {
        return outcome(V(std::forward<Call>(call)()));
      }
    } catch (...) {
      return outcome(std::current_exception());
    }
  }

  bool has_value() const noexcept { return value_.has_value(); }
  const std::exception_ptr& error() const noexcept { return error_; }
  /// **Errors**: the kept error.
  V& value() {
    if (!value_) std::rethrow_exception(error_);
    return *value_;
  }
  const V& value() const {
    if (!value_) std::rethrow_exception(error_);
    return *value_;
  }

 private:
  std::optional<V> value_;
  std::exception_ptr error_;
};

}  // namespace weft
