// The handle of a result that comes later: Python's concurrent.futures.Future.
// Unlike std::future it is copyable, tells its state, can be cancelled while it waits, calls back, and waits with a
// deadline; unlike std::shared_future its value can be moved out by the last handle. One pointer in size.
#pragma once

#include <weft/future/detail/task_block.hpp>

#include <exception>
#include <string>
#include <utility>

namespace weft {

template <class T>
class promise;

/// **Thread safety**: different handles of one result may be used from different threads; one handle is a plain
/// value. **Visibility**: what the task did is visible after result(), exception() or wait() returned.
/// **Errors**: every member but valid() throws invalid_state on an empty handle.
/// **Python**: concurrent.futures.Future; a cancelled future is done at once.
template <class T>
class [[nodiscard]] future {
 public:
  using value_type = T;

  /// Empty: refers to nothing.
  future() noexcept = default;
  future(const future& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->add_handle();
  }
  future(future&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  future& operator=(future other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~future() {
    if (block_ != nullptr) block_->drop_handle();
  }

  bool valid() const noexcept { return block_ != nullptr; }
  /// Finished with a value or an error, or cancelled.
  bool done() const { return block().done(); }
  bool running() const { return block().state() == detail::task_state::running; }
  bool cancelled() const { return block().state() == detail::task_state::cancelled; }

  /// Cancels a task that has not started; it never runs, and the future is done at once. False if it runs or is
  /// done already. Never blocks; callbacks run in the calling thread.
  bool cancel() const { return block().cancel(); }

  /// Asks the task to stop: this_task::stop_token() is set in it, now or once it runs. What that means is the task's
  /// own affair; a task that has not started is not cancelled by it. False if the task is done. Never blocks, but runs
  /// the task's stop callbacks.
  bool request_stop() const { return block().request_stop(); }

  /// **Blocks** until done (true) or the deadline has passed (false).
  /// In a worker of the same executor a task that has not started is run here instead: waiting for a task of
  /// one's own pool does not deadlock, and a timed wait may then return late, with the value.
  /// **Errors**: would_deadlock when a task waits for itself.
  /// With waiter::may_run_it this thread runs a task that has not started, whatever thread it is; only for executors on
  /// threads.
  bool wait(const deadline& until = {}, waiter who = waiter::only_waits) const { return block().await(until, who); }

  /// The value. **Blocks** as wait().
  /// **Errors**: timeout_error at the deadline; cancelled_error; what the task threw.
  /// On an lvalue a reference that lives as long as the last handle; on an rvalue the value itself, moved out if
  /// this is the last handle and copied otherwise (a move-only value then throws invalid_state); the handle is
  /// empty afterwards.
  decltype(auto) result(const deadline& until = {}, waiter who = waiter::only_waits) const& {
    await_value(until, who);
    if constexpr (std::is_void_v<T>) {
      return;
    } else if constexpr (std::is_reference_v<T>) {
      return static_cast<T>(*block_->value());
    } else {
      return std::as_const(block_->value());
    }
  }
  T result(const deadline& until = {}, waiter who = waiter::only_waits) && {
    await_value(until, who);
    if constexpr (std::is_void_v<T>) {
      static_cast<void>(future(std::move(*this)));
    } else if constexpr (std::is_reference_v<T>) {
      const future last(std::move(*this));
      return static_cast<T>(*last.block_->value());
    } else {
      const future last(std::move(*this));
      if (last.block_->only_handle()) return std::move(last.block_->value());
      if constexpr (std::is_copy_constructible_v<T>) {
        return last.block_->value();
      } else {
        throw invalid_state("a move-only result can be moved out of the last handle only; other handles exist");
      }
    }
  }

  /// What the task threw; null if it finished with a value. **Blocks** as wait().
  /// **Errors**: timeout_error at the deadline; cancelled_error.
  std::exception_ptr exception(const deadline& until = {}) const {
    if (!block().await(until)) detail::throw_timeout(*block_);
    switch (block_->state()) {
      case detail::task_state::failed:
        block_->mark_error_seen();
        return block_->error();
      case detail::task_state::cancelled:
        detail::throw_cancelled();
      default:
        return nullptr;
    }
  }

  /// Calls `f(future)` once when done: at once in this thread if it is done already, else in the thread that ends
  /// it (a worker, or the caller of cancel()). Callbacks run in the order they were added, outside all locks;
  /// they may submit; what they throw goes to the error hook.
  template <class F>
    requires std::is_invocable_v<F&, future>
  void add_done_callback(F&& f) const {
    using callback = callback_link<std::decay_t<F>>;
    auto entry = std::make_unique<callback>(*this, std::forward<F>(f));
    if (block().add_link(*entry)) {
      entry.release();  // NOLINT(bugprone-unused-return-value): the task owns the link now
    } else {
      callback::fire(*entry.release(), *block_);
    }
  }

  /// What `g` makes of this future once it is done, as a future. `g` is called with the value: with a reference, or
  /// from an rvalue future with the value itself (moved if no other handle exists, as result()); without an argument
  /// if it is void. An error or a cancellation goes on to the result and `g` is not called. A `g` that does not take
  /// the value but the finished future is called in every case. If `g` returns a future, the result follows that.
  /// `g` runs in the thread that ends this future, or here if it is done; keep it short, or name an executor.
  /// **Cancel**: cancelling the result before `g` has started prevents `g`; it never cancels this future. A result that
  /// nobody keeps does not prevent it. **Errors**: invalid_state on an empty handle; std::bad_alloc. What `g` throws,
  /// of the result. **Python**: none; add_done_callback is the nearest.
  template <class G>
  auto then(G&& g) const&;
  template <class G>
  auto then(G&& g) &&;
  /// The same with `g` submitted to an executor when this future is done; the executor must live until then. One on
  /// processes gets copies of `g` and the value. **Errors**: where the executor refuses, its error is the result's.
  template <class E, class G>
  auto then(E&& where, G&& g) const&;
  template <class E, class G>
  auto then(E&& where, G&& g) &&;

  /// "<future pending>", "<future finished raised std::runtime_error: ...>": for logs and tests.
  std::string describe() const { return detail::describe_task(block()); }

  friend bool operator==(const future&, const future&) = default;

  // For executors and waits: the shared block, without changing its references.
  detail::result_block<T>* handle() const noexcept { return block_; }
  /// Takes over one handle reference.
  static future adopt(detail::result_block<T>* block) noexcept { return future(block); }

 private:
  template <class F>
  struct callback_link : detail::link {
    callback_link(const future& of, const F& f) : mine(of), call(f) { detail::link::fire = &callback_link::fire; }
    callback_link(const future& of, F&& f) : mine(of), call(std::move(f)) { detail::link::fire = &callback_link::fire; }

    static void fire(detail::link& entry, detail::task&) noexcept {
      const std::unique_ptr<callback_link> self(static_cast<callback_link*>(&entry));
      try {
        std::invoke(self->call, std::move(self->mine));
      } catch (...) {
        report_lost_error(error_source::callback, std::current_exception());
      }
    }
    future mine;  // counted from the start: result() && must not move the value away from under the callback
    F call;
  };

  explicit future(detail::result_block<T>* block) noexcept : block_(block) {}

  detail::result_block<T>& block() const {
    if (block_ == nullptr) detail::throw_empty_handle();
    return *block_;
  }

  void await_value(const deadline& until, waiter who) const {
    if (!block().await(until, who)) detail::throw_timeout(*block_);
    switch (block_->state()) {
      case detail::task_state::failed:
        block_->mark_error_seen();
        std::rethrow_exception(block_->error());
      case detail::task_state::cancelled:
        detail::throw_cancelled();
      default:
        return;
    }
  }

  detail::result_block<T>* block_ = nullptr;
};

/// The producer's side of a future whose value does not come from an executor.
/// **Thread safety**: one thread at a time. Move-only. Destroyed without an outcome: the future fails with
/// broken_promise. **Python**: a Future made by hand, with set_result and set_running_or_notify_cancel.
template <class T>
class promise {
 public:
  promise() : block_(new detail::promise_block<T>) {}
  promise(promise&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  promise& operator=(promise other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~promise() {
    if (block_ == nullptr) return;
    // Without a handle there is nobody to tell, and never will be.
    if (block_->has_handles() && (block_->claim() || block_->state() == detail::task_state::running)) {
      block_->fail(detail::broken_promise_error());
    }
    block_->drop_keeper();
  }

  /// A handle; may be called any number of times.
  future<T> get_future() const {
    block().add_handle();
    return future<T>::adopt(block_);
  }

  /// Claims the future before work on it begins: true means go (it is running and can no longer be cancelled),
  /// false that it was cancelled. **Errors**: invalid_state if it runs or is done already.
  bool set_running() {
    if (block().claim()) return true;
    const auto state = block_->state();
    if (state != detail::task_state::cancelled) detail::throw_invalid_state("set_running", state);
    return false;
  }

  /// Finishes the future. **Errors**: invalid_state naming the state if it is done or cancelled; what the value's
  /// constructor throws (the future is then running).
  template <class... Args>
    requires(std::is_void_v<T> ? sizeof...(Args) == 0
                               : std::is_constructible_v<detail::stored<T>, Args...> || std::is_reference_v<T>)
  void set_value(Args&&... args) {
    start("set_value");
    if constexpr (std::is_reference_v<T>) {
      block_->store_value(std::addressof(args)...);
    } else {
      block_->store_value(std::forward<Args>(args)...);
    }
    block_->finish(detail::task_state::value);
  }

  /// Finishes the future with an error. **Errors**: invalid_state as set_value(); invalid_argument for null.
  void set_exception(std::exception_ptr error) {
    if (error == nullptr) throw invalid_argument("set_exception: null is no error");
    start("set_exception");
    block_->fail(std::move(error));
  }

 private:
  detail::promise_block<T>& block() const {
    if (block_ == nullptr) throw invalid_state("this promise was moved from");
    return *block_;
  }

  void start(const char* what) {
    if (block().claim()) return;
    const auto state = block_->state();
    if (state != detail::task_state::running) detail::throw_invalid_state(what, state);
  }

  detail::promise_block<T>* block_;
};

}  // namespace weft

#include <weft/future/then.hpp>  // the definitions of then()
