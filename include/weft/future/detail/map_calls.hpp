// What a map submits: a task an item, or a task for every few items.
#pragma once

#include <weft/base/error.hpp>
#include <weft/future/detail/map_inputs.hpp>
#include <weft/future/future.hpp>
#include <weft/future/outcome.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weft::detail {

/// A function that many calls share: small trivial ones are copied into each, others held by reference count.
template <class F>
struct shared_function {
  std::shared_ptr<F> function;
  template <class... Args>
  decltype(auto) operator()(Args&&... args) const {
    return std::invoke(*function, std::forward<Args>(args)...);
  }
};

template <class F>
inline constexpr bool is_copied_function = std::is_trivially_copyable_v<F> && sizeof(F) <= 2 * sizeof(void*);
template <class F>
using map_function = std::conditional_t<is_copied_function<F>, F, shared_function<F>>;

template <class F>
map_function<F> share_function(F f) {
  if constexpr (is_copied_function<F>) {
    return f;
  } else {
    return {std::make_shared<F>(std::move(f))};
  }
}

/// Runs one chunk of a map: what crosses to the executor is the function and the items, as values.
template <class V, class F, class... Args>
struct run_chunk {
  std::vector<outcome<V>> operator()(F function, std::vector<std::tuple<Args...>> items) const {
    std::vector<outcome<V>> outcomes;
    outcomes.reserve(items.size());
    for (auto& item : items) {
      outcomes.push_back(outcome<V>::of([&] {
        return std::apply([&](Args&... args) -> decltype(auto) { return std::invoke(function, std::move(args)...); },
                          item);
      }));
    }
    return outcomes;
  }
};

/// A task an item. V is what the iteration yields for a call that returns R.
template <class V, class R, class E, class F, class... Views>
class single_calls {
 public:
  using value_type = V;
  struct call {
    future<R> result;
    static constexpr std::size_t items = 1;
  };

  single_calls(E& where, F function, std::size_t /*chunk*/, Views... views)
      : where_(where), function_(share_function(std::move(function))), inputs_(std::move(views)...) {}

  bool exhausted() { return inputs_.exhausted(); }
  call submit_next() {
    return {
        std::apply([this](auto&&... args) { return where_.submit(function_, std::move(args)...); }, inputs_.draw())};
  }

  /// The value of an item, to be moved from. **Blocks** until its call has ended.
  V& value(call& from, std::size_t /*at*/, const deadline& until) {
    const future<R>& f = from.result;
    if constexpr (std::is_same_v<V, R>) {
      static_cast<void>(f.result(until));
      return f.handle()->value();  // ours to move from: no other handle to it was ever given away
    } else if constexpr (std::is_void_v<R>) {
      f.result(until);
      return value_.emplace();
    } else {
      return value_.emplace(f.result(until));
    }
  }

 private:
  E& where_;
  map_function<F> function_;
  zipped<Views...> inputs_;
  std::optional<V> value_;  // for results that are void or references
};

/// A task for every `chunk` items.
template <class V, class R, class E, class F, class... Views>
class chunk_calls {
 public:
  using value_type = V;
  struct call {
    future<std::vector<outcome<V>>> result;
    std::size_t items = 0;
  };

  chunk_calls(E& where, F function, std::size_t chunk, Views... views)
      : where_(where), function_(share_function(std::move(function))), inputs_(std::move(views)...), chunk_(chunk) {}

  bool exhausted() {
    if (stopped_by_ != nullptr) std::rethrow_exception(std::exchange(stopped_by_, nullptr));
    return inputs_.exhausted();
  }
  call submit_next() {
    std::vector<typename zipped<Views...>::item> items;
    items.reserve(chunk_);
    items.push_back(inputs_.draw());
    try {
      while (items.size() < chunk_ && !inputs_.exhausted()) items.push_back(inputs_.draw());
    } catch (...) {
      stopped_by_ = std::current_exception();  // what was drawn before is called all the same
    }
    const std::size_t count = items.size();
    return {where_.submit(run_chunk<V, map_function<F>, std::ranges::range_value_t<Views>...>(), function_,
                          std::move(items)),
            count};
  }

  V& value(call& from, std::size_t at, const deadline& until) {
    static_cast<void>(from.result.result(until));
    auto& outcomes = from.result.handle()->value();
    if (outcomes.size() != from.items) throw transfer_error("map: a chunk came back with another number of results");
    return outcomes[at].value();
  }

 private:
  E& where_;
  map_function<F> function_;
  zipped<Views...> inputs_;
  const std::size_t chunk_;
  std::exception_ptr stopped_by_;
};

}  // namespace weft::detail
