// The definitions of future::then(); the documentation stands there.
#pragma once

#include <weft/future/future.hpp>

#include <weft/future/detail/then_block.hpp>
#include <weft/future/detail/then_executor.hpp>

#include <type_traits>
#include <utility>

namespace weft {
namespace detail {

template <class Block, class T>
auto start_then(Block* block, future<T> source) {
  auto result = future<typename Block::value_type>::adopt(block);
  block->start(std::move(source), &Block::source_ended);
  block->drop_keeper();
  return result;
}

template <bool Consumes, class T, class G>
auto then_here(future<T> source, G&& g) {
  using callable = std::decay_t<G>;
  if constexpr (check_then<callable, T, Consumes>()) {
    if (!source.valid()) throw_empty_handle();
    auto* block = new then_block<T, callable, Consumes>(callable(std::forward<G>(g)));
    block->set_home(source.handle()->home());
    return start_then(block, std::move(source));
  }
}

template <bool Consumes, class T, class E, class G>
auto then_on(future<T> source, E& where, G&& g) {
  using callable = std::decay_t<G>;
  if constexpr (!runs_in_this_process<E>()) {
    if constexpr (check_then<callable, T, false>()) {
      static_assert(then_call<callable, T, false>::takes_value,
                    "weft: then: a callable for another process takes the value; the future does not cross");
      if (!source.valid()) throw_empty_handle();
      return start_then(new then_elsewhere<T, callable, E>(where, callable(std::forward<G>(g))), std::move(source));
    }
  } else if constexpr (check_then<callable, T, Consumes>()) {
    if (!source.valid()) throw_empty_handle();
    return start_then(new then_on_threads<T, callable, Consumes, E>(where, callable(std::forward<G>(g))),
                      std::move(source));
  }
}

}  // namespace detail

template <class T>
template <class G>
auto future<T>::then(G&& g) const& {
  return detail::then_here<false>(*this, std::forward<G>(g));
}

template <class T>
template <class G>
auto future<T>::then(G&& g) && {
  return detail::then_here<true>(std::move(*this), std::forward<G>(g));
}

template <class T>
template <class E, class G>
auto future<T>::then(E&& where, G&& g) const& {
  static_assert(std::is_lvalue_reference_v<E> || std::is_copy_constructible_v<E>,
                "weft: then: the executor must outlive the source, and a temporary does not");
  return detail::then_on<false>(*this, where, std::forward<G>(g));
}

template <class T>
template <class E, class G>
auto future<T>::then(E&& where, G&& g) && {
  static_assert(std::is_lvalue_reference_v<E> || std::is_copy_constructible_v<E>,
                "weft: then: the executor must outlive the source, and a temporary does not");
  return detail::then_on<true>(std::move(*this), where, std::forward<G>(g));
}

}  // namespace weft
