// The executor on threads: Python's ThreadPoolExecutor. For waiting, and for computing in shared memory.
//
// Protocol: src/pool/README.md.
#pragma once

#include <weft/base/export.hpp>
#include <weft/base/unique_function.hpp>
#include <weft/future/executor.hpp>
#include <weft/future/map.hpp>

#include <memory>
#include <string>

namespace weft {

struct thread_pool_options {
  /// Threads at the most, started as needed. 0: min(32, cpu_count() + 4). More than 1,024 need `allow_many_workers`.
  std::size_t max_workers = 0;
  /// Workers are named PREFIX_0, PREFIX_1, ... (the operating system shows 15 characters).
  std::string thread_name_prefix = "weft";
  /// Runs once in each worker before its first task; if it throws, the pool is broken.
  unique_function<void()> initializer{};
  bool allow_many_workers = false;
};

namespace detail {
class thread_pool;
}

/// Runs calls on a bounded set of threads, oldest first.
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

  /// Runs `f(args...)` on a worker; arguments are copied or moved as by std::thread. Never blocks.
  /// **Errors**: shutdown_error after shutdown; broken_thread_pool; std::bad_alloc (the pool is unchanged);
  /// std::system_error if not even one thread can be started.
  template <class F, class... Args>
    requires std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>
  auto submit(F&& f, Args&&... args) {
    auto* block =
        detail::make_call<detail::when_failed::keep_for_reader>(std::forward<F>(f), std::forward<Args>(args)...);
    auto result = future<detail::submit_result<F, Args...>>::adopt(block);
    enqueue(*block);
    return result;
  }

  /// submit() when nobody will ask: there is no future, and an error goes to the error hook.
  template <class F, class... Args>
    requires std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>
  void post(F&& f, Args&&... args) {
    enqueue(*detail::make_call<detail::when_failed::report>(std::forward<F>(f), std::forward<Args>(args)...));
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
    return weft::map_unordered(*this, std::move(f), std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), options);
  }

  /// Takes no more work. Waits for `how_long`; `what` happens to tasks that have not started. May be repeated.
  /// **Blocks** with wait_for::tasks until the workers have ended; from a done callback it does not wait.
  /// **Errors**: would_deadlock with wait_for::tasks from a task of this pool (nothing is changed then).
  void shutdown(wait_for how_long = wait_for::tasks, pending what = pending::run);

  std::size_t max_workers() const noexcept;
  /// Threads started so far and not ended.
  std::size_t workers() const;
  /// Tasks queued and not yet taken by a worker.
  std::size_t queued() const;

 private:
  /// Takes over the block's keeper; on an error the block is let go.
  void enqueue(detail::task& item);

  std::shared_ptr<detail::thread_pool> pool_;
};

}  // namespace weft
