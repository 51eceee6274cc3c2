// The typed parts of a task's block: room for the result or the error, and for the callable.
#pragma once

#include <weft/future/detail/task.hpp>
#include <weft/future/error_hook.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace weft::detail {

/// What is stored for a result: a reference as a pointer, void as nothing.
template <class T>
using stored = std::conditional_t<std::is_void_v<T>, std::monostate,
                                  std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, T>>;

template <class T>
class result_block : public task {
 public:
  using task::task;
  result_block(const result_block&) = delete;
  result_block& operator=(const result_block&) = delete;

  template <class... Args>
  void store_value(Args&&... args) {
    std::construct_at(std::addressof(slot_.value), std::forward<Args>(args)...);
  }
  /// Stores what a callable returns, constructed in place.
  template <class F>
  void store_result_of(F&& call) {
    if constexpr (std::is_void_v<T>) {
      std::forward<F>(call)();
      std::construct_at(std::addressof(slot_.value));
    } else if constexpr (std::is_reference_v<T>) {
      std::construct_at(std::addressof(slot_.value), std::addressof(std::forward<F>(call)()));
    } else {
      ::new (static_cast<void*>(std::addressof(slot_.value))) T(std::forward<F>(call)());
    }
  }
  void store_error(std::exception_ptr error) noexcept {
    std::construct_at(std::addressof(slot_.error), std::move(error));
  }
  stored<T>& value() noexcept { return slot_.value; }

 protected:
  ~result_block() = default;

  void destroy_outcome(task_state state) noexcept {
    if (state == task_state::value) std::destroy_at(std::addressof(slot_.value));
    if (state == task_state::failed) std::destroy_at(std::addressof(slot_.error));
  }
  static std::exception_ptr& error_of(task& base) noexcept { return static_cast<result_block&>(base).slot_.error; }

 private:
  // Alive according to the state word: value in task_state::value, error in task_state::failed.
  union slot {
    slot() noexcept {}   // NOLINT(modernize-use-equals-default): a union of non-trivial members needs a body
    ~slot() noexcept {}  // NOLINT(modernize-use-equals-default)
    std::exception_ptr error;
    stored<T> value;
  } slot_;
};

/// The block of a promise: the outcome comes from outside.
template <class T>
class promise_block final : public result_block<T> {
 public:
  promise_block() noexcept : result_block<T>(operations, false) {}

 private:
  static constexpr task_operations operations{.run = nullptr,
                                              .drop = [](task&) noexcept {},
                                              .fail =
                                                  [](task& base, std::exception_ptr error) noexcept {
                                                    static_cast<promise_block&>(base).store_error(std::move(error));
                                                  },
                                              .destroy =
                                                  [](task& base, task_state state) noexcept {
                                                    auto& self = static_cast<promise_block&>(base);
                                                    self.destroy_outcome(state);
                                                    delete &self;
                                                  },
                                              .error = &promise_block::error_of};
};

enum class when_failed : std::uint8_t { keep_for_reader, report };

/// The block of a submitted call: runs `Call` (a callable without arguments) in place.
/// What a block holds for a task without a name, and for one with.
struct no_name {
  static std::string_view text() noexcept { return {}; }
};
struct own_name {
  std::string value;
  std::string_view text() const noexcept { return value; }
};

template <class T, class Call, when_failed Policy = when_failed::keep_for_reader, class Name = no_name>
class call_block final : public result_block<T> {
 public:
  explicit call_block(Call&& call, Name name = {})
      : result_block<T>(operations, Policy == when_failed::keep_for_reader),
        name_(std::move(name)),
        call_(std::move(call)) {}
  ~call_block() {}  // NOLINT(modernize-use-equals-default): the union's member is destroyed by run or drop

 private:
  static void run(task& base) noexcept {
    auto& self = static_cast<call_block&>(base);
    auto outcome = task_state::value;
    try {
      self.store_result_of([&]() -> T { return std::move(self.call_)(); });
    } catch (...) {
      self.store_error(std::current_exception());
      outcome = task_state::failed;
    }
    // Before anybody is told: what the callable held is released when result() returns.
    std::destroy_at(std::addressof(self.call_));
    if constexpr (Policy == when_failed::report) {
      if (outcome == task_state::failed) {
        report_lost_error(error_source::posted_task, self.error(), self.name());
        self.mark_error_seen();
      }
    }
    self.finish(outcome);
  }

  static constexpr task_operations operations{
      .run = &call_block::run,
      .drop = [](task& base) noexcept { std::destroy_at(std::addressof(static_cast<call_block&>(base).call_)); },
      .fail =
          [](task& base, std::exception_ptr error) noexcept {
            auto& self = static_cast<call_block&>(base);
            std::destroy_at(std::addressof(self.call_));
            self.store_error(std::move(error));
          },
      .destroy =
          [](task& base, task_state state) noexcept {
            auto& self = static_cast<call_block&>(base);
            self.destroy_outcome(state);
            delete &self;
          },
      .error = &call_block::error_of,
      .name = [](const task& base) noexcept { return static_cast<const call_block&>(base).name_.text(); }};

  [[no_unique_address]] Name name_;
  union {
    Call call_;
  };
};

/// A callable with its arguments, decayed as by std::thread; called once.
template <class F, class... Args>
struct bound_call {
  F function;
  std::tuple<Args...> arguments;

  decltype(auto) operator()() && {
    return std::apply(
        [this](Args&... args) -> decltype(auto) { return std::invoke(std::move(function), std::move(args)...); },
        arguments);
  }
};

template <class F>
struct bound_call<F> {
  F function;
  decltype(auto) operator()() && { return std::invoke(std::move(function)); }
};

/// What a future of a callable that returns R holds: lvalue references stay, everything else is a plain value.
template <class R>
using future_value = std::conditional_t<std::is_lvalue_reference_v<R>, R, std::remove_cvref_t<R>>;

template <class F, class... Args>
using submit_result = future_value<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>;

template <class F, class... Args>
inline constexpr bool callable_with = std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>;

/// Allocates the block of a call. With keep_for_reader it starts with one handle (for the future), always with one
/// keeper.
template <when_failed Policy, class Name, class F, class... Args>
auto* make_named_call(Name name, F&& f, Args&&... args) {
  using call = bound_call<std::decay_t<F>, std::decay_t<Args>...>;
  using block = call_block<submit_result<F, Args...>, call, Policy, Name>;
  if constexpr (sizeof...(Args) == 0) {
    return new block(call{std::forward<F>(f)}, std::move(name));
  } else {
    return new block(call{std::forward<F>(f), std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...)},
                     std::move(name));
  }
}
template <when_failed Policy, class F, class... Args>
auto* make_call(F&& f, Args&&... args) {
  return make_named_call<Policy>(no_name(), std::forward<F>(f), std::forward<Args>(args)...);
}

}  // namespace weft::detail
