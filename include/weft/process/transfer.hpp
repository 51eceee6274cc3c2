// What may cross to another process, decided at compile time.
// Arithmetic types, enums and what opts in cross as bytes; a type with a weft::codec crosses as that says; everything
// else crosses through cereal (weft/process/codec.hpp). Pointers, references, views and callables with state do not
// cross: they would mean nothing there.
#pragma once

#include <weft/process/bytes.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace weft {

/// Specialise as true for a trivially copyable type without pointers, to let it cross as its bytes.
template <class T>
inline constexpr bool enable_transfer = false;

/// Specialise to say oneself how a type crosses (it need not be default-constructible then):
///     template <> struct weft::codec<T> {
///       static void encode(weft::encoder& out, const T& value);
///       static T decode(weft::decoder& in);   // throws weft::transfer_error for malformed input
///     };
template <class T>
struct codec;

/// A type with a weft::codec of its own.
template <class T>
concept has_codec = requires(encoder& out, decoder& in, const T& value) {
  codec<T>::encode(out, value);
  { codec<T>::decode(in) } -> std::same_as<T>;
};

namespace detail {

/// A type that is copied as bytes.
template <class T>
concept crosses_as_bytes = !has_codec<T> && (std::is_arithmetic_v<T> || std::is_enum_v<T> || enable_transfer<T>);

/// Why a value cannot cross.
enum class obstacle : std::uint8_t { none, pointer, view, shared, callable, polymorphic };

template <class... Ts>
struct type_list {};

/// The element types of std's containers; an empty list for other types.
template <class T>
struct elements_of {
  using types = type_list<>;
};
template <class T, std::size_t N>
struct elements_of<std::array<T, N>> {
  using types = type_list<T>;
};
template <class T, class A>
struct elements_of<std::vector<T, A>> {
  using types = type_list<T>;
};
template <class T, class A>
struct elements_of<std::deque<T, A>> {
  using types = type_list<T>;
};
template <class T, class A>
struct elements_of<std::list<T, A>> {
  using types = type_list<T>;
};
template <class T, class C, class A>
struct elements_of<std::set<T, C, A>> {
  using types = type_list<T>;
};
template <class T, class H, class E, class A>
struct elements_of<std::unordered_set<T, H, E, A>> {
  using types = type_list<T>;
};
template <class K, class V, class C, class A>
struct elements_of<std::map<K, V, C, A>> {
  using types = type_list<K, V>;
};
template <class K, class V, class H, class E, class A>
struct elements_of<std::unordered_map<K, V, H, E, A>> {
  using types = type_list<K, V>;
};
template <class T>
struct elements_of<std::optional<T>> {
  using types = type_list<T>;
};
template <class T, class D>
struct elements_of<std::unique_ptr<T, D>> {
  using types = type_list<T>;
};
template <class A, class B>
struct elements_of<std::pair<A, B>> {
  using types = type_list<A, B>;
};
template <class... Ts>
struct elements_of<std::tuple<Ts...>> {
  using types = type_list<Ts...>;
};
template <class... Ts>
struct elements_of<std::variant<Ts...>> {
  using types = type_list<Ts...>;
};

template <class T>
inline constexpr bool is_view = false;
template <class C, class Traits>
inline constexpr bool is_view<std::basic_string_view<C, Traits>> = true;
template <class T, std::size_t N>
inline constexpr bool is_view<std::span<T, N>> = true;
template <class T>
inline constexpr bool is_view<std::reference_wrapper<T>> = true;
template <class T>
inline constexpr bool is_view<std::initializer_list<T>> = true;

template <class T>
inline constexpr bool is_shared = false;
template <class T>
inline constexpr bool is_shared<std::shared_ptr<T>> = true;
template <class T>
inline constexpr bool is_shared<std::weak_ptr<T>> = true;

template <class T>
inline constexpr bool is_polymorphic_owner = false;
template <class T, class D>
inline constexpr bool is_polymorphic_owner<std::unique_ptr<T, D>> = std::is_polymorphic_v<T>;

template <class T>
concept calls_something = requires { &T::operator(); };
template <class T>
inline constexpr bool is_callable = calls_something<T>;
template <class Signature>
inline constexpr bool is_callable<std::function<Signature>> = true;

template <class... Ts>
constexpr obstacle first_obstacle(type_list<Ts...>) noexcept;

/// The first reason why a T cannot cross; containers are looked into by element. Members of a user's type are its
/// serialize function's business: cereal refuses pointers there.
template <class T>
constexpr obstacle obstacle_of() noexcept {
  using value = std::remove_cv_t<T>;
  if constexpr (has_codec<value> || (std::is_pointer_v<value> && std::is_function_v<std::remove_pointer_t<value>>)) {
    return obstacle::none;  // a plain function crosses as its identity
  } else if constexpr (std::is_pointer_v<value> || std::is_member_pointer_v<value> || std::is_null_pointer_v<value>) {
    return obstacle::pointer;
  } else if constexpr (is_view<value>) {
    return obstacle::view;
  } else if constexpr (is_shared<value>) {
    return obstacle::shared;
  } else if constexpr (is_polymorphic_owner<value>) {
    return obstacle::polymorphic;
  } else if constexpr (is_callable<value> && !std::is_empty_v<value>) {
    return obstacle::callable;
  } else {
    return first_obstacle(typename elements_of<value>::types{});
  }
}

template <class... Ts>
constexpr obstacle first_obstacle(type_list<Ts...>) noexcept {
  obstacle found = obstacle::none;
  static_cast<void>(((found = found == obstacle::none ? obstacle_of<Ts>() : found, true) && ...));
  return found;
}

/// As what an argument of type `Given` (as deduced for a forwarding reference) crosses: a string literal as
/// std::string, anything else as its decayed type.
template <class Given>
using crossing_type =
    std::conditional_t<std::is_array_v<std::remove_reference_t<Given>> &&
                           std::is_same_v<std::remove_cv_t<std::remove_extent_t<std::remove_reference_t<Given>>>, char>,
                       std::string, std::decay_t<Given>>;

}  // namespace detail
}  // namespace weft
