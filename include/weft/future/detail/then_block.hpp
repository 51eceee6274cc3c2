// The blocks behind future::then(): the result, the callable, and the link to the source.
//
// Protocol
// 1. The result is pending until its callable starts (claim) or it is cancelled; its link stands in the source.
// 2. When the source ends, an error or a cancellation goes on to the result; otherwise the result is claimed and the
//    callable runs there (then_block), or it is handed to an executor: one on threads claims the result when the
//    callable starts (then_on_threads), one elsewhere gives a future of its own, which the result follows
//    (then_elsewhere).
// 3. Where the callable returns a future, the claimed result follows that.
#pragma once

#include <weft/base/error.hpp>
#include <weft/future/detail/continuation.hpp>
#include <weft/future/detail/task_block.hpp>

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace weft {
template <class T>
class future;  // defined in future.hpp, which includes this
}

namespace weft::detail {

/// What then() gives for a callable that returns R: a future is unwrapped. A reference becomes a value: what it refers
/// to is likely the source's value, which need not live on.
template <class R>
struct unwrapped {
  using type = R;
  static constexpr bool is_future = false;
};
template <class U>
struct unwrapped<future<U>> {
  using type = U;
  static constexpr bool is_future = true;
};

/// How the callable is called: with the value if it takes that, else with the finished future.
template <class G, class T, bool Consumes>
struct then_call {
  /// A reference for a source that others may read, the value itself for one that was given up.
  using argument = std::conditional_t<std::is_reference_v<T> || Consumes, T, const T&>;
  static constexpr bool takes_value = std::is_invocable_v<G, argument>;
  static constexpr bool takes_future = !takes_value && std::is_invocable_v<G, future<T>>;
  using returned = std::remove_cvref_t<typename std::conditional_t<takes_value, std::invoke_result<G, argument>,
                                                                   std::invoke_result<G, future<T>>>::type>;

  static returned call(G& g, future<T> source) {
    if constexpr (!takes_value) {
      return std::invoke(std::move(g), std::move(source));
    } else if constexpr (Consumes) {
      return std::invoke(std::move(g), std::move(source).result());
    } else {
      return std::invoke(std::move(g), source.result());
    }
  }
};
template <class G, bool Consumes>
struct then_call<G, void, Consumes> {
  static constexpr bool takes_value = std::is_invocable_v<G>;
  static constexpr bool takes_future = !takes_value && std::is_invocable_v<G, future<void>>;
  using returned = std::remove_cvref_t<
      typename std::conditional_t<takes_value, std::invoke_result<G>, std::invoke_result<G, future<void>>>::type>;

  template <class Source>
  static returned call(G& g, Source source) {
    if constexpr (takes_value) {
      return std::invoke(std::move(g));
    } else {
      return std::invoke(std::move(g), std::move(source));
    }
  }
};

/// Compiles to an error that says what would be right.
template <class G, class T, bool Consumes>
consteval bool check_then() {
  using call = then_call<G, T, Consumes>;
  static_assert(std::is_void_v<T> || Consumes || call::takes_value || call::takes_future ||
                    !std::is_invocable_v<G, std::conditional_t<std::is_void_v<T>, int, T>>,
                "weft: then: this callable takes the value away, and others may read the future: write "
                "std::move(f).then(...), or take a const reference");
  static_assert(call::takes_value || call::takes_future,
                "weft: then: the callable can be called neither with the value of the future (without an argument if "
                "it is void) nor with the finished future");
  return call::takes_value || call::takes_future;
}

/// Gives the handle away.
template <class T>
result_block<T>& release_handle(future<T>& from) noexcept {
  result_block<T>* const block = from.handle();
  block->add_handle();
  from = future<T>();
  return *block;
}

/// What the three have in common. Runs the callable in the calling thread.
template <class T, class G, bool Consumes>
class then_base : public result_block<typename unwrapped<typename then_call<G, T, Consumes>::returned>::type> {
  using call = then_call<G, T, Consumes>;
  using returned = typename call::returned;

 public:
  using value_type = typename unwrapped<returned>::type;

  /// Step 1.
  void start(future<T> source, continuation::step source_ended) noexcept {
    source_.follow(release_handle(source), source_ended);
  }

 protected:
  then_base(const task_operations& operations, G&& g)
      : result_block<value_type>(operations, true), g_(std::move(g)), source_(*this) {}
  ~then_base() = default;

  /// The ended source; empty if the result was cancelled meanwhile.
  future<T> take_source() noexcept { return future<T>::adopt(static_cast<result_block<T>*>(source_.take())); }

  /// Step 2: true if there was an error or a cancellation and the callable does not want to see it.
  bool passed_on([[maybe_unused]] const future<T>& source) noexcept {
    if constexpr (call::takes_value) {
      task& from = *source.handle();
      if (from.state() == task_state::failed) {
        if (this->claim()) {
          from.mark_error_seen();
          this->fail(from.error());
        }
        return true;
      }
      if (from.state() == task_state::cancelled) {
        this->cancel_pending();
        return true;
      }
    }
    return false;
  }

  /// Step 2: claims the result and runs the callable here, unless the result was cancelled.
  void run_with(future<T> source) noexcept {
    if (!this->claim()) return;
    input_ = std::move(source);
    run_framed(*this);
  }

  static void run(task& base) noexcept {
    auto& self = static_cast<then_base&>(base);
    auto outcome = task_state::value;
    if constexpr (unwrapped<returned>::is_future) {
      future<value_type> inner;
      try {
        inner = call::call(*self.g_, std::move(self.input_));
        if (!inner.valid()) throw invalid_state("then: the callable returned an empty future");
      } catch (...) {
        self.store_error(std::current_exception());
        outcome = task_state::failed;
      }
      self.g_.reset();
      if (outcome == task_state::value) {
        self.source_.follow(release_handle(inner), &then_base::inner_ended);
        self.awaits_another();
        return;
      }
    } else {
      try {
        self.store_result_of([&]() -> value_type { return call::call(*self.g_, std::move(self.input_)); });
      } catch (...) {
        self.store_error(std::current_exception());
        outcome = task_state::failed;
      }
      self.g_.reset();  // before anybody is told: what the callable held is released when result() returns
    }
    self.finish(outcome);
  }

  /// Finishes the claimed result as `inner` ended.
  void finish_as(future<value_type> inner) noexcept {
    auto outcome = inner.handle()->state();
    if (outcome == task_state::failed) {
      inner.handle()->mark_error_seen();
      this->store_error(inner.handle()->error());
    } else if (outcome == task_state::value) {
      try {
        this->store_result_of([&]() -> value_type { return std::move(inner).result(); });
      } catch (...) {
        this->store_error(std::current_exception());
        outcome = task_state::failed;
      }
    }
    inner = future<value_type>();
    g_.reset();
    this->finish(outcome);
  }

  static void drop(task& base) noexcept {
    auto& self = static_cast<then_base&>(base);
    self.source_.withdraw();
    self.g_.reset();
  }
  static void fail_with(task& base, std::exception_ptr error) noexcept {
    auto& self = static_cast<then_base&>(base);
    self.g_.reset();
    self.store_error(std::move(error));
  }

  continuation& source() noexcept { return source_; }
  G& callable() noexcept { return *g_; }

 private:
  // Step 3.
  static void inner_ended(task& base) noexcept {
    auto& self = static_cast<then_base&>(base);
    self.finish_as(future<value_type>::adopt(static_cast<result_block<value_type>*>(self.source_.take())));
  }

  // Owned by whoever may run or drop the callable, as the state word says.
  std::optional<G> g_;
  future<T> input_;
  continuation source_;
};

/// Without an executor: the callable runs where the source ends.
template <class T, class G, bool Consumes>
class then_block final : public then_base<T, G, Consumes> {
  using base_type = then_base<T, G, Consumes>;

 public:
  explicit then_block(G&& g) : base_type(operations, std::move(g)) {}

  static void source_ended(task& base) noexcept {
    auto& self = static_cast<then_block&>(base);
    future<T> source = self.take_source();
    if (source.valid() && !self.passed_on(source)) self.run_with(std::move(source));
  }

 private:
  static bool help(task& base, waiter who) {
    while (!base.done()) {
      if (!static_cast<then_block&>(base).source().help(who)) return false;
    }
    return true;
  }

  static constexpr task_operations operations{.run = &then_block::run,
                                              .drop = &then_block::drop,
                                              .fail = &then_block::fail_with,
                                              .destroy =
                                                  [](task& base, task_state state) noexcept {
                                                    auto& self = static_cast<then_block&>(base);
                                                    self.destroy_outcome(state);
                                                    delete &self;
                                                  },
                                              .error = &then_block::error_of,
                                              .help = &then_block::help};
};

}  // namespace weft::detail
