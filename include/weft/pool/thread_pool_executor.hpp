// The executor on threads: Python's ThreadPoolExecutor. For waiting, and for computing in shared memory.
//
// Protocol: src/pool/README.md.
#pragma once

#include <weft/base/export.hpp>
#include <weft/base/unique_function.hpp>
#include <weft/future/executor.hpp>
#include <weft/future/executor_ref.hpp>
#include <weft/future/map.hpp>
#include <weft/future/task_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weft {

/// What a submit does when `max_queued` tasks wait already. A task of the pool itself is never held up by it.
enum class when_full : std::uint8_t {
  block,          ///< waits for a place
  refuse,         ///< throws queue_full
  run_in_caller,  ///< the submitting thread runs the task itself
};

/// What shutdown() does with tasks that run.
enum class running : std::uint8_t {
  finish,        ///< lets them end by themselves
  request_stop,  ///< and sets their this_task::stop_token()
};

struct thread_pool_options {
  /// Threads at the most, started as needed. 0: min(32, cpu_count() + 4). More than 1,024 need `allow_many_workers`.
  std::size_t max_workers = 0;
  /// Workers are named PREFIX_0, PREFIX_1, ... (the operating system shows 15 characters).
  std::string thread_name_prefix = "weft";
  /// Runs once in each worker before its first task; if it throws, the pool is broken.
  unique_function<void()> initializer{};
  /// Runs once in each worker after its last task; what it throws goes to the error hook.
  unique_function<void()> finalizer{};
  /// Tasks that may wait to be started; 0: no bound.
  std::size_t max_queued = 0;
  /// What a submit does when so many wait.
  when_full on_full = when_full::block;
  /// The processors that the workers may use; empty: those of the process. One that does not exist breaks the pool.
  std::vector<int> affinity{};
  bool allow_many_workers = false;
};

/// What a pool has done and is doing; each figure is exact, but they are not all of one moment.
struct thread_pool_statistics {
  std::size_t workers = 0;  ///< threads alive
  std::size_t queued = 0;   ///< tasks that wait and could be started
  std::size_t delayed = 0;  ///< tasks that are not due yet
  std::size_t running = 0;  ///< workers with a task
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;  ///< of those that a worker came across
};

namespace detail {
class thread_pool;
}

/// Runs calls on a bounded set of threads. Calls from one thread are started in the order submitted; those that tasks
/// of the pool submit stay with their worker, newest first, until an idle one takes the oldest.
/// **Thread safety**: submit, post, map and shutdown from any thread, also from tasks and callbacks. Immovable.
/// **Visibility**: what happened before submit() is visible to the task.
/// **Errors**: invalid_argument for too many workers; initializer errors as broken_thread_pool from the futures.
/// **Python**: concurrent.futures.ThreadPoolExecutor; waiting in a task for tasks of the same pool does not
/// deadlock (see future::wait).
class WEFT_EXPORT thread_pool_executor {
 public:
  explicit thread_pool_executor(thread_pool_options options = {});
  thread_pool_executor(const thread_pool_executor&) = delete;
  thread_pool_executor& operator=(const thread_pool_executor&) = delete;
  /// shutdown(wait_for::tasks, pending::run); on one of its own workers it lets the workers end by themselves.
  ~thread_pool_executor();

  /// Runs `f(args...)` on a worker; arguments are copied or moved as by std::thread.
  /// **Blocks** only where a bounded queue is full and `on_full` says block.
  /// **Errors**: shutdown_error after shutdown; broken_thread_pool; queue_full with when_full::refuse; std::bad_alloc
  /// (the pool is unchanged); std::system_error if not even one thread can be started.
  template <class F, class... Args>
    requires(!std::is_same_v<std::remove_cvref_t<F>, task_options>)
  auto submit(F&& f, Args&&... args) {
    static_assert(detail::callable_with<F, Args...>,
                  "submit: the callable cannot be called with copies of these arguments");
    auto* block =
        detail::make_call<detail::when_failed::keep_for_reader>(std::forward<F>(f), std::forward<Args>(args)...);
    auto result = future<detail::submit_result<F, Args...>>::adopt(block);
    enqueue(*block);
    return result;
  }

  /// submit() of a task with a name, a priority or a delay: `pool.submit({.name = "nightly", .priority = 1}, f, x)`.
  template <class F, class... Args>
  auto submit(task_options options, F&& f, Args&&... args) {
    static_assert(detail::callable_with<F, Args...>,
                  "submit: the callable cannot be called with copies of these arguments");
    auto* block = detail::make_named_call<detail::when_failed::keep_for_reader>(
        detail::own_name{std::move(options.name)}, std::forward<F>(f), std::forward<Args>(args)...);
    auto result = future<detail::submit_result<F, Args...>>::adopt(block);
    enqueue(*block, options);
    return result;
  }

  /// submit() when nobody will ask: there is no future, and an error goes to the error hook.
  template <class F, class... Args>
    requires(!std::is_same_v<std::remove_cvref_t<F>, task_options>)
  void post(F&& f, Args&&... args) {
    static_assert(detail::callable_with<F, Args...>,
                  "post: the callable cannot be called with copies of these arguments");
    enqueue(*detail::make_call<detail::when_failed::report>(std::forward<F>(f), std::forward<Args>(args)...));
  }
  template <class F, class... Args>
  void post(task_options options, F&& f, Args&&... args) {
    static_assert(detail::callable_with<F, Args...>,
                  "post: the callable cannot be called with copies of these arguments");
    enqueue(*detail::make_named_call<detail::when_failed::report>(detail::own_name{std::move(options.name)},
                                                                  std::forward<F>(f), std::forward<Args>(args)...),
            options);
  }

  /// weft::map on this executor.
  template <class F, class... Ranges>
    requires(!std::is_same_v<std::remove_cvref_t<Ranges>, map_options> && ...)
  auto map(F f, Ranges&&... ranges) {
    return weft::map(*this, std::move(f), std::forward<Ranges>(ranges)...);
  }
  template <class F, class A>
  auto map(F f, A&& a, const map_options& options) {
    return weft::map(*this, std::move(f), std::forward<A>(a), options);
  }
  template <class F, class A, class B>
  auto map(F f, A&& a, B&& b, const map_options& options) {
    return weft::map(*this, std::move(f), std::forward<A>(a), std::forward<B>(b), options);
  }
  template <class F, class A, class B, class C>
  auto map(F f, A&& a, B&& b, C&& c, const map_options& options) {
    return weft::map(*this, std::move(f), std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), options);
  }

  /// weft::map_unordered on this executor.
  template <class F, class... Ranges>
    requires(!std::is_same_v<std::remove_cvref_t<Ranges>, map_options> && ...)
  auto map_unordered(F f, Ranges&&... ranges) {
    return weft::map_unordered(*this, std::move(f), std::forward<Ranges>(ranges)...);
  }
  template <class F, class A>
  auto map_unordered(F f, A&& a, const map_options& options) {
    return weft::map_unordered(*this, std::move(f), std::forward<A>(a), options);
  }
  template <class F, class A, class B>
  auto map_unordered(F f, A&& a, B&& b, const map_options& options) {
    return weft::map_unordered(*this, std::move(f), std::forward<A>(a), std::forward<B>(b), options);
  }
  template <class F, class A, class B, class C>
  auto map_unordered(F f, A&& a, B&& b, C&& c, const map_options& options) {
    return weft::map_unordered(*this, std::move(f), std::forward<A>(a), std::forward<B>(b), std::forward<C>(c),
                               options);
  }

  /// Takes no more work. Waits for `how_long`; `what` happens to tasks that have not started. May be repeated.
  /// **Blocks** with wait_for::tasks until the workers have ended; from a done callback it does not wait.
  /// **Errors**: would_deadlock with wait_for::tasks from a task of this pool (nothing is changed then).
  /// Delayed tasks run when they are due, unless they are cancelled; a wait for tasks waits for them.
  void shutdown(wait_for how_long = wait_for::tasks, pending what = pending::run, running those = running::finish);

  /// From now on so many workers at the most. Surplus ones end when they have no task and none that
  /// their tasks have spawned. Never blocks for a running task. **Errors**: invalid_argument for 0 and for more than
  /// 1,024.
  void resize(std::size_t max_workers);

  std::size_t max_workers() const noexcept;
  thread_pool_statistics statistics() const;
  /// The executor without its type; valid as long as this object.
  operator executor_ref() noexcept;  // NOLINT(google-explicit-constructor): as a reference to a base
  /// Threads started so far and not ended.
  std::size_t workers() const;
  /// Tasks queued and not yet taken by a worker.
  std::size_t queued() const;

 private:
  /// Takes over the block's keeper; on an error the block is let go.
  void enqueue(detail::task& item);
  void enqueue(detail::task& item, const task_options& how);

  std::shared_ptr<detail::thread_pool> pool_;
};

}  // namespace weft
