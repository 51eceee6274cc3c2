// Exceptions as values: how what a task threw in a worker reaches the caller.
// std's, weft's and registered types arrive as themselves, with the same message; others arrive as weft::remote_error with the type's name.
// Either way the text on where it was thrown comes along: nested under the exception (std::nested_exception), where remote_trace() finds it.
#pragma once

#include <weft/base/error.hpp>
#include <weft/base/export.hpp>
#include <weft/process/bytes.hpp>

#include <concepts>
#include <exception>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace weft {

/// The trace of an exception that came from a worker process (process, task, nested causes); empty for others.
WEFT_EXPORT std::string remote_trace(const std::exception& error);

namespace detail {

/// Makes an exception again. `origin` holds the remote_error that goes under it.
using rebuild_exception = std::exception_ptr (*)(const std::string& message, const std::exception_ptr& origin);

WEFT_EXPORT void add_exception_type(const std::type_info& type, rebuild_exception rebuild);

/// `error` with `origin` nested under it.
template <class E>
std::exception_ptr nest(E&& error, const std::exception_ptr& origin) {
  try {
    std::rethrow_exception(origin);
  } catch (...) {
    try {
      std::throw_with_nested(std::forward<E>(error));
    } catch (...) {
      return std::current_exception();
    }
  }
}

/// An E that says what it said where it was thrown, whatever its constructors make of the text.
template <class E>
class with_message : public E {
 public:
  template <class... Args>
  explicit with_message(std::string message, Args&&... args) : E(std::forward<Args>(args)...), message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

template <class E>
std::exception_ptr rebuild_as(const std::string& message, const std::exception_ptr& origin) {
  if constexpr (std::constructible_from<E, const std::string&>) {
    return nest(E(message), origin);
  } else if constexpr (!std::is_final_v<E>) {
    return nest(with_message<E>(message), origin);
  } else {
    return nest(E(), origin);
  }
}

/// Appends the exception in flight. `where` says where it was thrown. Never throws but std::bad_alloc.
WEFT_EXPORT void encode_exception(encoder& out, const std::exception_ptr& error, const std::string& where);

/// The exception again, or a remote_error. **Errors**: transfer_error for malformed input.
WEFT_EXPORT std::exception_ptr decode_exception(decoder& in);

}  // namespace detail

/// Lets exceptions of type E keep their type on the way from a worker. E is made from its message (what()), or by default. Call it in the
/// parent before the results arrive; the worker needs nothing.
/// **Thread safety**: any thread.
template <class E>
void register_exception() {
  static_assert(std::derived_from<E, std::exception>, "weft: an exception type derives from std::exception");
  static_assert(std::constructible_from<E, const std::string&> || std::default_initializable<E>,
                "weft: an exception type that crosses is made from its message or by default");
  detail::add_exception_type(typeid(E), &detail::rebuild_as<E>);
}

}  // namespace weft
