// then() with an executor: see the protocol in then_block.hpp.
#pragma once

#include <weft/future/detail/then_block.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace weft::detail {

/// Whether an executor's calls run in this process, on its memory. One for which that is not so has a member
/// `static constexpr bool shares_memory = false`.
template <class E>
consteval bool runs_in_this_process() {
  if constexpr (requires { E::shares_memory; }) {
    return E::shares_memory;
  } else {
    return true;
  }
}

/// An executor kept for later: a small one that can be copied (a reference to another) as a copy.
template <class E>
class executor_handle {
 public:
  explicit executor_handle(E& where) : kept_(keep(where)) {}
  E& operator*() noexcept {
    if constexpr (std::is_copy_constructible_v<E>) {
      return kept_;
    } else {
      return *kept_;
    }
  }

 private:
  using stored = std::conditional_t<std::is_copy_constructible_v<E>, E, E*>;
  static stored keep(E& where) {
    if constexpr (std::is_copy_constructible_v<E>) {
      return where;
    } else {
      return std::addressof(where);
    }
  }
  stored kept_;
};

/// What the two kinds of executor have in common: a second link, to the task that the executor runs.
template <class T, class G, bool Consumes, class E>
class then_executor_base : public then_base<T, G, Consumes> {
  using base_type = then_base<T, G, Consumes>;

 protected:
  then_executor_base(const task_operations& operations, E& where, G&& g)
      : base_type(operations, std::move(g)), where_(where), handed_(*this) {}
  ~then_executor_base() = default;

  /// Step 2, as the executor's submit() gives it.
  template <class R>
  void follow_handed(future<R> submitted, continuation::step ended) noexcept {
    handed_.follow(release_handle(submitted), ended);
    this->awaits_another();
    if (this->state() == task_state::cancelled) handed_.withdraw_and_cancel();  // it was while submit() ran
  }
  void refused() noexcept {
    if (this->claim()) this->fail(std::current_exception());
  }

  static void drop(task& base) noexcept {
    static_cast<then_executor_base&>(base).handed_.withdraw_and_cancel();
    base_type::drop(base);
  }
  static bool help(task& base, waiter who) {
    auto& self = static_cast<then_executor_base&>(base);
    while (!base.done()) {
      if (!self.source().help(who) && !self.handed_.help(who)) return base.done();
    }
    return true;
  }

  E& where() noexcept { return *where_; }
  continuation& handed() noexcept { return handed_; }

 private:
  executor_handle<E> where_;
  continuation handed_;
};

/// The callable runs on an executor of this process.
template <class T, class G, bool Consumes, class E>
class then_on_threads final : public then_executor_base<T, G, Consumes, E> {
  using base_type = then_executor_base<T, G, Consumes, E>;

 public:
  then_on_threads(E& where, G&& g) : base_type(operations, where, std::move(g)) {}

  static void source_ended(task& base) noexcept {
    auto& self = static_cast<then_on_threads&>(base);
    future<T> source = self.take_source();
    if (!source.valid() || self.passed_on(source)) return;
    try {
      self.follow_handed(self.where().submit(run_it{kept<then_on_threads>(self), std::move(source)}),
                         &then_on_threads::handed_ended);
    } catch (...) {
      self.refused();
    }
  }

 private:
  struct run_it {
    kept<then_on_threads> result;
    future<T> source;
    void operator()() noexcept { result->run_with(std::move(source)); }
  };

  // Usually the result has ended by then; not if the executor dropped the call.
  static void handed_ended(task& base) noexcept {
    auto& self = static_cast<then_on_threads&>(base);
    using ran = std::invoke_result_t<run_it>;
    const auto handed = future<ran>::adopt(static_cast<result_block<ran>*>(self.handed().take()));
    if (!handed.valid()) return;
    task& call = *handed.handle();
    if (call.state() == task_state::cancelled) self.cancel_pending();
    if (call.state() == task_state::failed) {
      call.mark_error_seen();
      if (self.claim()) self.fail(call.error());
    }
  }

  static constexpr task_operations operations{.run = &then_on_threads::run,
                                              .drop = &then_on_threads::drop,
                                              .fail = &then_on_threads::fail_with,
                                              .destroy =
                                                  [](task& base, task_state state) noexcept {
                                                    auto& self = static_cast<then_on_threads&>(base);
                                                    self.destroy_outcome(state);
                                                    delete &self;
                                                  },
                                              .error = &then_on_threads::error_of,
                                              .help = &then_on_threads::help};
};

/// The callable runs on an executor elsewhere, which gets copies of it and of the value.
template <class T, class G, class E>
class then_elsewhere final : public then_executor_base<T, G, false, E> {
  using base_type = then_executor_base<T, G, false, E>;

 public:
  using value_type = typename base_type::value_type;

  then_elsewhere(E& where, G&& g) : base_type(operations, where, std::move(g)) {}

  static void source_ended(task& base) noexcept {
    auto& self = static_cast<then_elsewhere&>(base);
    future<T> source = self.take_source();
    if (!source.valid() || self.passed_on(source)) return;
    if (!self.phase_.with([](phase& now) {
          if (now == phase::given_up) return false;
          now = phase::handed;
          return true;
        })) {
      return;
    }
    try {
      self.follow_handed(self.submit(source), &then_elsewhere::handed_ended);
    } catch (...) {
      self.refused();
    }
  }

 private:
  // Decides between a cancel and the hand-over: what was given up is not handed over any more, and what was handed over
  // is cancelled there, since nobody here learns when it starts.
  enum class phase : std::uint8_t { waiting, given_up, handed };

  auto submit(const future<T>& source) {
    if constexpr (std::is_void_v<T>) {
      return this->where().submit(this->callable());
    } else {
      return this->where().submit(this->callable(), source.result());
    }
  }

  static void handed_ended(task& base) noexcept {
    auto& self = static_cast<then_elsewhere&>(base);
    auto handed = future<value_type>::adopt(static_cast<result_block<value_type>*>(self.handed().take()));
    if (!handed.valid()) return;
    if (handed.handle()->state() == task_state::cancelled) {
      self.cancel_pending();
    } else if (self.claim()) {
      self.finish_as(std::move(handed));
    }
  }

  static bool cancel(task& base) noexcept {
    auto& self = static_cast<then_elsewhere&>(base);
    bool handed = false;
    {
      const auto now = self.phase_.lock();
      handed = *now == phase::handed;
      if (!handed) *now = phase::given_up;
    }
    return handed ? self.handed().cancel_awaited() : self.cancel_pending();
  }

  static constexpr task_operations operations{.run = nullptr,
                                              .drop = &then_elsewhere::drop,
                                              .fail = &then_elsewhere::fail_with,
                                              .destroy =
                                                  [](task& base, task_state state) noexcept {
                                                    auto& self = static_cast<then_elsewhere&>(base);
                                                    self.destroy_outcome(state);
                                                    delete &self;
                                                  },
                                              .error = &then_elsewhere::error_of,
                                              .help = &then_elsewhere::help,
                                              .cancel = &then_elsewhere::cancel};

  guarded<phase> phase_{phase::waiting};
};

}  // namespace weft::detail
