// map: one call for each item, results in input order: Python's Executor.map; map_unordered: results as they come.
//
// Each input is drawn once and becomes one task (or, with chunks, a part of one). Over a range whose size is known
// all tasks are submitted at once; over others, and with `.buffer`, a bounded window of them is kept ahead of
// the consumer.
#pragma once

#include <weft/base/error.hpp>
#include <weft/future/detail/map_stream.hpp>
#include <weft/future/executor.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>
#include <variant>

namespace weft {

/// The results of a map over values of type V, of map() in input order, of map_unordered() as they come. Move-only;
/// iterate once. **Thread safety**: one thread. A range that was partly used and is dropped cancels what has not
/// started; an unused one does not.
template <class V>
class map_result {
 public:
  using value_type = V;

  explicit map_result(std::unique_ptr<detail::map_stream<V>> stream) noexcept : stream_(std::move(stream)) {}
  map_result(map_result&&) noexcept = default;
  map_result& operator=(map_result&&) noexcept = default;
  ~map_result() {
    if (stream_ != nullptr && used_) stream_->cancel_rest();
  }

  class iterator {
   public:
    using value_type = V;
    using difference_type = std::ptrdiff_t;
    iterator() = default;

    /// The item's value, to be moved from. **Blocks** until its call has ended.
    /// **Errors**: what the call threw (++ then goes on with the next item); timeout_error when the map's time is
    /// over; cancelled_error; shutdown_error where the executor refused the rest of the input.
    V&& operator*() const { return std::move(stream_->current()); }
    iterator& operator++() {
      stream_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& it, std::default_sentinel_t) { return it.at_end(); }

   private:
    friend map_result;
    bool at_end() const { return stream_->ended(); }
    explicit iterator(detail::map_stream<V>& stream) noexcept : stream_(&stream) {}
    detail::map_stream<V>* stream_ = nullptr;
  };

  iterator begin() {
    used_ = true;
    return iterator(*stream_);
  }
  static std::default_sentinel_t end() noexcept { return {}; }

 private:
  std::unique_ptr<detail::map_stream<V>> stream_;
  bool used_ = false;
};

namespace detail {

template <class F, class... Items>
consteval bool check_map() {
  constexpr bool right = std::is_invocable_v<F&, Items...>;
  static_assert(right, "weft: map: the callable cannot be called with the items of these ranges, passed as values");
  return right;
}

template <template <class> class Stream, class E, class F, class... Views>
auto start_map(E& where, F f, const map_options& options, Views... views) {
  if constexpr (check_map<F, std::ranges::range_value_t<Views>...>()) {
    using result = typename decltype(where.submit(std::declval<map_function<F>&>(),
                                                  std::declval<std::ranges::range_value_t<Views>>()...))::value_type;
    using value = std::conditional_t<std::is_void_v<result>, std::monostate, std::remove_cvref_t<result>>;
    const deadline until(options.timeout);
    const map_plan plan = plan_map(where, options, views...);
    const auto start = [&]<class Calls>(Calls calls) {
      auto stream = std::make_unique<Stream<Calls>>(std::move(calls), plan.window, until);
      stream->start();
      return map_result<value>(std::move(stream));
    };
    if (plan.chunk == 1) {
      return start(single_calls<value, result, E, F, Views...>(where, std::move(f), 1, std::move(views)...));
    }
    return start(chunk_calls<value, result, E, F, Views...>(where, std::move(f), plan.chunk, std::move(views)...));
  }
}

}  // namespace detail

/// Calls `f` with the items of one, two or three ranges (as long as the shortest) on an executor and yields the
/// results in input order. An rvalue range is owned by the result; an lvalue range and the executor must outlive it.
/// Items are passed as values, those of an owned container moved out of it; a call without a result yields
/// std::monostate. `f` is shared by the calls and must be callable from several threads at once.
/// **Errors**: shutdown_error or broken_executor when the executor takes no work; what drawing an input throws;
/// invalid_argument for a chunk that is not positive. Later, from `*it`, after the results of what was submitted: what
/// drawing an input throws, and the executor's refusal.
/// **Python**: Executor.map; an item's error does not end the iteration, and chunks lose nothing by it.
template <executor E, class F, std::ranges::input_range A>
auto map(E& where, F f, A&& a, map_options options = {}) {
  return detail::start_map<detail::ordered_stream>(where, std::move(f), options, std::views::all(std::forward<A>(a)));
}
template <executor E, class F, std::ranges::input_range A, std::ranges::input_range B>
auto map(E& where, F f, A&& a, B&& b, map_options options = {}) {
  return detail::start_map<detail::ordered_stream>(where, std::move(f), options, std::views::all(std::forward<A>(a)),
                                                   std::views::all(std::forward<B>(b)));
}
template <executor E, class F, std::ranges::input_range A, std::ranges::input_range B, std::ranges::input_range C>
auto map(E& where, F f, A&& a, B&& b, C&& c, map_options options = {}) {
  return detail::start_map<detail::ordered_stream>(where, std::move(f), options, std::views::all(std::forward<A>(a)),
                                                   std::views::all(std::forward<B>(b)),
                                                   std::views::all(std::forward<C>(c)));
}

/// map() that yields the results as the calls end. With chunks they come chunk by chunk.
/// **Blocks**, **Errors**: as map(); an item's error comes in the place of its result. timeout_error comes from `*it`
/// when the time is over and no call has ended that was not yielded; ++ then ends the iteration and cancels the rest.
/// ++ waits for a call to end if `*it` has not. **Cost**: linear.
/// **Python**: multiprocessing.Pool.imap_unordered.
template <executor E, class F, std::ranges::input_range A>
auto map_unordered(E& where, F f, A&& a, map_options options = {}) {
  return detail::start_map<detail::unordered_stream>(where, std::move(f), options, std::views::all(std::forward<A>(a)));
}
template <executor E, class F, std::ranges::input_range A, std::ranges::input_range B>
auto map_unordered(E& where, F f, A&& a, B&& b, map_options options = {}) {
  return detail::start_map<detail::unordered_stream>(where, std::move(f), options, std::views::all(std::forward<A>(a)),
                                                     std::views::all(std::forward<B>(b)));
}
template <executor E, class F, std::ranges::input_range A, std::ranges::input_range B, std::ranges::input_range C>
auto map_unordered(E& where, F f, A&& a, B&& b, C&& c, map_options options = {}) {
  return detail::start_map<detail::unordered_stream>(where, std::move(f), options, std::views::all(std::forward<A>(a)),
                                                     std::views::all(std::forward<B>(b)),
                                                     std::views::all(std::forward<C>(c)));
}

}  // namespace weft
