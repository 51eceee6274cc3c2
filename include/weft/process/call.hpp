// A call as data: a trampoline's identity, the arguments, and whatever else the trampoline wants.
// A trampoline is a function instantiated for one callable and its argument types; the compiler made it in both processes,
// so naming it is enough. It decodes the arguments, calls, and encodes the result.
#pragma once

#include <weft/base/error.hpp>
#include <weft/base/export.hpp>
#include <weft/process/codec.hpp>
#include <weft/process/function_id.hpp>
#include <weft/process/transfer.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weft::detail {

/// Reads arguments, appends the result.
using trampoline = void (*)(decoder& in, encoder& out);

/// Worker side: reads a call, makes it, appends its result. Throws what the callable throws, or transfer_error.
WEFT_EXPORT void run_call(decoder& in, encoder& out);

[[noreturn]] WEFT_EXPORT void throw_bad_argument(std::size_t number);
[[noreturn]] WEFT_EXPORT void throw_bad_result();

/// The compile-time half of "may this cross": one type each, so that the compiler's message carries number and reason.
template <std::size_t Number, class T>
consteval bool check_argument() {
  constexpr bool crosses = obstacle_of<T>() == obstacle::none;
  static_assert(crosses || Number != 1, "weft: argument 1 cannot cross to another process (the next error says why)");
  static_assert(crosses || Number != 2, "weft: argument 2 cannot cross to another process (the next error says why)");
  static_assert(crosses || Number != 3, "weft: argument 3 cannot cross to another process (the next error says why)");
  static_assert(crosses || Number != 4, "weft: argument 4 cannot cross to another process (the next error says why)");
  static_assert(crosses || Number != 5, "weft: argument 5 cannot cross to another process (the next error says why)");
  static_assert(crosses || Number != 6, "weft: argument 6 cannot cross to another process (the next error says why)");
  static_assert(crosses || Number <= 6, "weft: an argument after the sixth cannot cross to another process (the next error says why)");
  return crosses;
}

template <class T>
consteval bool explain_obstacle() {
  constexpr obstacle found = obstacle_of<T>();
  static_assert(found != obstacle::pointer, "weft: a pointer means nothing in another process: pass the value it points to");
  static_assert(found != obstacle::view, "weft: a view refers to memory of this process: pass an owning std::string or std::vector");
  static_assert(found != obstacle::shared, "weft: ownership cannot be shared with another process: pass the value or a unique_ptr");
  static_assert(found != obstacle::callable, "weft: a callable with captures cannot be an argument: pass what it captures");
  static_assert(found != obstacle::polymorphic, "weft: a pointer to a base class would lose the derived part: pass a variant");
  if constexpr (found == obstacle::none) {
    static_assert(has_encoding<T>,
                  "weft: this type has no serialize function for cereal, no weft::codec and no weft::enable_transfer");
    return has_encoding<T>;
  }
  return false;
}

/// The parameter types of a plain function or of a callable with one operator().
template <class F>
struct parameters_of {
  using types = void;
};
template <class R, class... P>
struct parameters_of<R (*)(P...)> {
  using types = type_list<P...>;
};
template <class R, class... P>
struct parameters_of<R (*)(P...) noexcept> {
  using types = type_list<P...>;
};
template <class R, class C, class... P>
struct parameters_of<R (C::*)(P...) const> {
  using types = type_list<P...>;
};
template <class R, class C, class... P>
struct parameters_of<R (C::*)(P...) const noexcept> {
  using types = type_list<P...>;
};
template <calls_something F>
struct parameters_of<F> : parameters_of<decltype(&F::operator())> {};

template <std::size_t Number, class P>
consteval bool check_parameter() {
  constexpr bool refers = std::is_lvalue_reference_v<P> && !std::is_const_v<std::remove_reference_t<P>>;
  static_assert(!refers || Number != 1, "weft: parameter 1 is a non-const reference: what the task changes would be lost; return it");
  static_assert(!refers || Number != 2, "weft: parameter 2 is a non-const reference: what the task changes would be lost; return it");
  static_assert(!refers || Number != 3, "weft: parameter 3 is a non-const reference: what the task changes would be lost; return it");
  static_assert(!refers || Number <= 3, "weft: a parameter is a non-const reference: what the task changes would be lost; return it");
  return !refers;
}

template <class... P, std::size_t... Is>
consteval bool check_parameters(type_list<P...>, std::index_sequence<Is...>) {
  return (check_parameter<Is + 1, P>() && ...);
}

template <class... Args, std::size_t... Is>
consteval bool check_arguments(type_list<Args...>, std::index_sequence<Is...>) {
  return ((check_argument<Is + 1, Args>() && explain_obstacle<Args>()) && ...);
}

/// Everything a call must fulfil; F is a function pointer or a callable type.
template <class F, class... Args>
consteval bool check_call() {
  using parameters = typename parameters_of<F>::types;
  bool right = check_arguments(type_list<Args...>{}, std::index_sequence_for<Args...>{});
  if constexpr (!std::is_void_v<parameters>) {
    right = []<class... P>(type_list<P...> types) {
      return check_parameters(types, std::index_sequence_for<P...>{});
    }(parameters{}) && right;
  }
  static_assert(std::is_invocable_v<F, Args...>,
                "weft: the function cannot be called with these arguments (they arrive as values; a string literal as std::string)");
  return right;
}

/// What a call gives, as a value.
template <class F, class... Args>
struct call_result {
  using type = void;
};
template <class F, class... Args>
  requires std::is_invocable_v<F, Args...>
struct call_result<F, Args...> {
  using type = std::decay_t<std::invoke_result_t<F, Args...>>;
};
template <class F, class... Args>
using call_result_t = typename call_result<F, Args...>::type;

template <class R>
consteval bool check_result() {
  if constexpr (std::is_void_v<R>) {
    return true;
  } else {
    static_assert(obstacle_of<R>() == obstacle::none, "weft: the result cannot cross to another process (the next error says why)");
    return explain_obstacle<R>();
  }
}

template <class T>
T decode_argument(decoder& in, std::size_t number) {
  try {
    return decode<T>(in);
  } catch (...) {
    throw_bad_argument(number);
  }
}

/// The arguments in order: braces evaluate from left to right.
template <class... Args, std::size_t... Is>
std::tuple<Args...> decode_arguments([[maybe_unused]] decoder& in, std::index_sequence<Is...>) {
  return std::tuple<Args...>{decode_argument<Args>(in, Is + 1)...};
}

template <class F, class... Args>
void call_and_encode(const F& callable, decoder& in, encoder& out) {
  std::tuple<Args...> arguments = decode_arguments<Args...>(in, std::index_sequence_for<Args...>{});
  in.expect_end();
  const auto call = [&]() -> decltype(auto) {
    return std::apply([&](Args&... values) -> decltype(auto) { return std::invoke(callable, std::move(values)...); }, arguments);
  };
  using result = call_result_t<F, Args...>;
  if constexpr (std::is_void_v<result>) {
    call();
  } else {
    const result value = call();
    try {
      encode(out, value);
    } catch (...) {
      throw_bad_result();
    }
  }
}

/// For a callable without state.
template <class F, class... Args>
void callable_trampoline(decoder& in, encoder& out) {
  call_and_encode<F, Args...>(F{}, in, out);
}
/// For a function known at compile time.
template <auto Function, class... Args>
void constant_trampoline(decoder& in, encoder& out) {
  call_and_encode<decltype(Function), Args...>(Function, in, out);
}
/// For a plain function given at run time: its own identity comes first.
template <class F, class... Args>
void pointer_trampoline(decoder& in, encoder& out) {
  const F function = reinterpret_cast<F>(read_function(in));
  call_and_encode<F, Args...>(function, in, out);
}

/// Looked up once; if that fails the next call tries again.
template <trampoline Trampoline>
const std::string& identity_of() {
  static const std::string identity = identify_function(reinterpret_cast<code_address>(Trampoline));
  return identity;
}

template <class Crossing, class Given>
void encode_argument(encoder& out, const Given& given) {
  if constexpr (std::is_same_v<Crossing, std::decay_t<Given>>) {
    encode(out, given);
  } else {
    encode<Crossing>(out, Crossing(given));
  }
}

/// Appends a call of a plain function or a callable without state.
template <class F, class... Given>
void encode_call(encoder& out, const F& callable, const Given&... given) {
  using target = std::decay_t<F>;
  if constexpr (std::is_pointer_v<target>) {
    static_assert(std::is_function_v<std::remove_pointer_t<target>>, "weft: this is a pointer, not a function");
    const target function = callable;
    if (function == nullptr) throw invalid_argument("submit was given a null function pointer");
    write_identity(out, identity_of<&pointer_trampoline<target, crossing_type<Given>...>>());
    write_identity(out, identify_function(reinterpret_cast<code_address>(function)));
  } else {
    static_assert(!std::is_member_pointer_v<target>, "weft: give a member function as submit<&type::member>(object, ...)");
    static_assert(std::is_member_pointer_v<target> || (std::is_empty_v<target> && std::is_default_constructible_v<target>),
                  "weft: a callable with captures cannot cross to another process: pass what it captures as arguments");
    if constexpr (std::is_empty_v<target> && std::is_default_constructible_v<target>) {
      write_identity(out, identity_of<&callable_trampoline<target, crossing_type<Given>...>>());
    }
  }
  (encode_argument<crossing_type<Given>>(out, given), ...);
}

/// Appends a call of a function known at compile time.
template <auto Function, class... Given>
void encode_constant_call(encoder& out, const Given&... given) {
  write_identity(out, identity_of<&constant_trampoline<Function, crossing_type<Given>...>>());
  (encode_argument<crossing_type<Given>>(out, given), ...);
}

}  // namespace weft::detail
