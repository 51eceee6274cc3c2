// map: one call for each item, results in input order: Python's Executor.map.
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

namespace weft {

/// The results of a map over values of type V. Move-only; iterate once. **Thread safety**: one thread.
/// A range that was partly used and is dropped cancels what has not started; an unused one does not.
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

template <class E, class F, class... Views>
auto start_map(E& where, F f, const map_options& options, Views... views) {
  using result = typename decltype(where.submit(std::declval<map_function<F>&>(),
                                                std::declval<std::ranges::range_value_t<Views>>()...))::value_type;
  using value = std::conditional_t<std::is_void_v<result>, std::monostate, std::remove_cvref_t<result>>;
  const deadline until(options.timeout);
  const std::size_t chunk = map_chunk(where, options, views...);
  const std::size_t window = map_window<E, Views...>(where, options, chunk);
  std::unique_ptr<map_stream<value>> stream;
  if (chunk == 1) {
    using singles = single_stream<value, result, E, F, Views...>;
    stream = std::make_unique<singles>(where, std::move(f), window, until, std::move(views)...);
  } else {
    using chunks = chunk_stream<value, E, F, Views...>;
    stream = std::make_unique<chunks>(where, std::move(f), chunk, window, until, std::move(views)...);
  }
  stream->start();
  return map_result<value>(std::move(stream));
}

}  // namespace detail

/// Calls `f` with the items of one, two or three ranges (as long as the shortest) on an executor and yields the
/// results in input order. An rvalue range is owned by the result; an lvalue range and the executor must outlive it.
/// Items are passed as values; a call without a result yields std::monostate. `f` is shared by the calls and must be
/// callable from several threads at once.
/// **Errors**: shutdown_error or broken_executor when the executor takes no work; what drawing an input throws;
/// invalid_argument for a chunk that is not positive.
/// **Python**: Executor.map; an item's error does not end the iteration, and chunks lose nothing by it.
template <executor E, class F, std::ranges::input_range A>
auto map(E& where, F f, A&& a, map_options options = {}) {
  return detail::start_map(where, std::move(f), options, std::views::all(std::forward<A>(a)));
}
template <executor E, class F, std::ranges::input_range A, std::ranges::input_range B>
auto map(E& where, F f, A&& a, B&& b, map_options options = {}) {
  return detail::start_map(where, std::move(f), options, std::views::all(std::forward<A>(a)),
                           std::views::all(std::forward<B>(b)));
}
template <executor E, class F, std::ranges::input_range A, std::ranges::input_range B, std::ranges::input_range C>
auto map(E& where, F f, A&& a, B&& b, C&& c, map_options options = {}) {
  return detail::start_map(where, std::move(f), options, std::views::all(std::forward<A>(a)),
                           std::views::all(std::forward<B>(b)), std::views::all(std::forward<C>(c)));
}

}  // namespace weft
