// How map() draws its inputs, keeps a window of calls in flight and hands out results in order.
#pragma once

#include <weft/base/error.hpp>
#include <weft/future/executor.hpp>
#include <weft/future/outcome.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <ranges>
#include <tuple>
#include <vector>

namespace weft {

struct map_options {
  /// One budget for the whole iteration, from the call to map().
  std::chrono::nanoseconds timeout = std::chrono::nanoseconds::max();
  /// Items a task; the default leaves it to the executor (threads: 1).
  std::optional<std::ptrdiff_t> chunk{};
  /// At most this many calls drawn and not yet consumed; 0: all of a sized range, four a worker of others.
  std::size_t buffer = 0;
};

namespace detail {

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

/// The consumer's side of a map, whatever the inputs and the executor.
template <class V>
class map_stream {
 public:
  map_stream() = default;
  map_stream(const map_stream&) = delete;
  map_stream& operator=(const map_stream&) = delete;
  virtual ~map_stream() = default;

  virtual void start() = 0;
  virtual V& current() = 0;
  virtual void advance() = 0;
  virtual bool ended() const = 0;
  virtual void cancel_rest() noexcept = 0;
};

/// One to three inputs, drawn in step until the shortest ends.
template <class... Views>
class zipped {
 public:
  using item = std::tuple<std::ranges::range_value_t<Views>...>;

  explicit zipped(Views... views) : views_(std::move(views)...) {}

  bool exhausted() {
    if (!at_) at_.emplace(std::apply([](Views&... views) { return std::tuple(std::ranges::begin(views)...); }, views_));
    return any_at_end(std::index_sequence_for<Views...>());
  }
  item draw() {
    item drawn =
        std::apply([](auto&... at) { return item(static_cast<std::ranges::range_value_t<Views>>(*at)...); }, *at_);
    std::apply([](auto&... at) { (static_cast<void>(++at), ...); }, *at_);
    return drawn;
  }

 private:
  template <std::size_t... I>
  bool any_at_end(std::index_sequence<I...>) {
    return ((std::get<I>(*at_) == std::ranges::end(std::get<I>(views_))) || ...);
  }

  std::tuple<Views...> views_;
  std::optional<std::tuple<std::ranges::iterator_t<Views>...>> at_;
};

/// What both kinds of stream share: a window of tasks filled from the inputs. `Task` is what one submit returns.
template <class V, class Task, class... Views>
class windowed_stream : public map_stream<V> {
 public:
  windowed_stream(std::size_t window, const deadline& until, Views... views)
      : window_(window), until_(until), inputs_(std::move(views)...) {}

  void start() override { fill(); }
  bool ended() const override { return tasks_.empty() && stopped_by_ == nullptr; }
  void cancel_rest() noexcept override {
    for (auto& each : tasks_) each.result.cancel();
  }

 protected:
  using item = typename zipped<Views...>::item;

  virtual Task submit_next(zipped<Views...>& inputs) = 0;

  Task& front() {
    if (tasks_.empty()) std::rethrow_exception(stopped_by_);
    return tasks_.front();
  }
  bool has_task() const noexcept { return !tasks_.empty(); }
  const deadline& until() const noexcept { return until_; }

  /// Drops the oldest task and fills the window; an error on the way is kept until what was submitted is consumed.
  void pop() {
    if (tasks_.empty()) {
      stopped_by_ = nullptr;
      return;
    }
    tasks_.pop_front();
    try {
      fill();
    } catch (...) {
      stopped_by_ = std::current_exception();
      inputs_ended_ = true;
    }
  }

 private:
  void fill() {
    while (!inputs_ended_ && (window_ == 0 || tasks_.size() < window_)) {
      if (inputs_.exhausted()) {
        inputs_ended_ = true;
      } else {
        tasks_.push_back(submit_next(inputs_));
      }
    }
  }

  const std::size_t window_;  // in tasks; 0 is no bound
  const deadline until_;
  zipped<Views...> inputs_;
  bool inputs_ended_ = false;
  std::deque<Task> tasks_;
  std::exception_ptr stopped_by_;
};

template <class R>
struct single_task {
  future<R> result;
};

/// A task an item.
template <class V, class R, class E, class F, class... Views>
class single_stream final : public windowed_stream<V, single_task<R>, Views...> {
  using base = windowed_stream<V, single_task<R>, Views...>;

 public:
  single_stream(E& where, F function, std::size_t window, const deadline& until, Views... views)
      : base(window, until, std::move(views)...), where_(where), function_(share_function(std::move(function))) {}

  V& current() override {
    const future<R>& f = base::front().result;
    if constexpr (std::is_same_v<V, R>) {
      static_cast<void>(f.result(base::until()));
      return f.handle()->value();  // ours to move from: no other handle to it was ever given away
    } else if constexpr (std::is_void_v<R>) {
      f.result(base::until());
      return value_.emplace();
    } else {
      return value_.emplace(f.result(base::until()));
    }
  }
  void advance() override { base::pop(); }

 private:
  single_task<R> submit_next(zipped<Views...>& inputs) override {
    return {std::apply([this](auto&&... args) { return where_.submit(function_, std::move(args)...); }, inputs.draw())};
  }

  E& where_;
  map_function<F> function_;
  std::optional<V> value_;  // for results that are void or references
};

template <class V>
struct chunk_task {
  future<std::vector<outcome<V>>> result;
  std::size_t items = 0;
};

/// A task for every `chunk` items.
template <class V, class E, class F, class... Views>
class chunk_stream final : public windowed_stream<V, chunk_task<V>, Views...> {
  using base = windowed_stream<V, chunk_task<V>, Views...>;

 public:
  chunk_stream(E& where, F function, std::size_t chunk, std::size_t window, const deadline& until, Views... views)
      : base(window, until, std::move(views)...),
        where_(where),
        function_(share_function(std::move(function))),
        chunk_(chunk) {}

  V& current() override {
    const auto& f = base::front().result;
    static_cast<void>(f.result(base::until()));
    auto& outcomes = f.handle()->value();
    if (outcomes.size() != base::front().items)
      throw transfer_error("map: a chunk came back with another number of results");
    return outcomes[at_].value();
  }
  void advance() override {
    if (base::has_task() && ++at_ < base::front().items) return;
    at_ = 0;
    base::pop();
  }

 private:
  chunk_task<V> submit_next(zipped<Views...>& inputs) override {
    std::vector<typename base::item> items;
    items.reserve(chunk_);
    while (items.size() < chunk_ && !inputs.exhausted()) items.push_back(inputs.draw());
    const std::size_t count = items.size();
    using call = run_chunk<V, map_function<F>, std::ranges::range_value_t<Views>...>;
    return {where_.submit(call(), function_, std::move(items)), count};
  }

  E& where_;
  map_function<F> function_;
  const std::size_t chunk_;
  std::size_t at_ = 0;
};

/// Items a task: what the caller asked for, else what the executor recommends, else one.
template <class E, class... Views>
std::size_t map_chunk(E& where, const map_options& options, Views&... views) {
  if (options.chunk) {
    if (*options.chunk < 1)
      throw invalid_argument("map: chunk is " + std::to_string(*options.chunk) + "; give 1 or more");
    return static_cast<std::size_t>(*options.chunk);
  }
  if constexpr ((std::ranges::sized_range<Views> && ...) && requires { where.automatic_chunk(std::size_t{1}); }) {
    const std::size_t items = std::min({static_cast<std::size_t>(std::ranges::size(views))...});
    return std::max<std::size_t>(1, where.automatic_chunk(items));
  }
  return 1;
}

/// Tasks kept in flight; 0 is no bound.
template <class E, class... Views>
std::size_t map_window(E& where, const map_options& options, std::size_t chunk) {
  if (options.buffer != 0) return std::max<std::size_t>(1, options.buffer / chunk);
  if constexpr ((std::ranges::sized_range<Views> && ...)) {
    return 0;
  } else {
    return 4 * static_cast<std::size_t>(where.max_workers());
  }
}

}  // namespace detail
}  // namespace weft
