// The executor on processes: Python's ProcessPoolExecutor. For isolation, hard limits, and code that is not
// thread-safe.
//
// Protocol: src/process/README.md.
#pragma once

#include <weft/base/export.hpp>
#include <weft/future/executor.hpp>
#include <weft/future/map.hpp>
#include <weft/process/call.hpp>
#include <weft/process/options.hpp>
#include <weft/process/remote_task.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace weft {

namespace detail {
class process_pool_core;
}

/// Runs calls in worker processes, oldest first; workers are started when there is work for them.
/// What can be called: plain functions, `submit<&f>(...)`, callables without captures. What can be passed and returned:
/// weft/process/codec.hpp; everything is checked at compile time.
/// A worker that crashes costs its task and nothing else (process_pool_options::on_crash).
/// **Thread safety**: submit, post, map and shutdown from any thread, also from callbacks. Immovable.
/// **Errors**: invalid_state if main did not call weft::init; invalid_argument for too many workers.
/// **Python**: concurrent.futures.ProcessPoolExecutor, except that a crash does not break the pool unless asked for.
/// Callbacks run on the pool's manager thread; one that waits there for another task of the pool gets would_deadlock.
class WEFT_EXPORT process_pool_executor {
 public:
  /// Its calls run elsewhere: what they are given are copies.
  static constexpr bool shares_memory = false;

  explicit process_pool_executor(process_pool_options options = {});
  process_pool_executor(const process_pool_executor&) = delete;
  process_pool_executor& operator=(const process_pool_executor&) = delete;
  /// shutdown(wait_for::tasks, pending::run); in a callback it does not wait.
  ~process_pool_executor();

  /// Runs `f(args...)` in a worker. Arguments are encoded here; a string literal arrives as std::string. Never blocks.
  /// **Errors**: shutdown_error after shutdown; broken_process_pool; transfer_error or what a serialize function
  /// throws, and std::bad_alloc (the pool is unchanged). Of the future: terminated_worker, time_limit_exceeded,
  /// transfer_error for what could not be decoded, and what the task threw: std's, weft's and registered types as
  /// themselves (remote_trace() tells where), others as remote_error.
  template <class F, class... Args>
    requires(!std::is_same_v<std::remove_cvref_t<F>, process_task_options>)
  auto submit(F&& f, Args&&... args) {
    return submit_call<F, Args...>(process_task_options{}, f, args...);
  }
  template <class F, class... Args>
  auto submit(process_task_options options, F&& f, Args&&... args) {
    return submit_call<F, Args...>(std::move(options), f, args...);
  }
  /// A function known at compile time; also a member function, whose object is the first argument.
  template <auto Function, class... Args>
  auto submit(Args&&... args) {
    return submit_constant<Function, Args...>(process_task_options{}, args...);
  }
  template <auto Function, class... Args>
  auto submit(process_task_options options, Args&&... args) {
    return submit_constant<Function, Args...>(std::move(options), args...);
  }

  /// submit() when nobody will ask: there is no future, and an error goes to the error hook.
  template <class F, class... Args>
    requires(!std::is_same_v<std::remove_cvref_t<F>, process_task_options>)
  void post(F&& f, Args&&... args) {
    post_call<F, Args...>(process_task_options{}, f, args...);
  }
  template <class F, class... Args>
  void post(process_task_options options, F&& f, Args&&... args) {
    post_call<F, Args...>(std::move(options), f, args...);
  }

  /// weft::map on this executor. One call a task unless `.chunk` says more; a crash then fails its whole chunk.
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
  /// **Blocks** with wait_for::tasks until the workers are gone; from a done callback it does not wait.
  void shutdown(wait_for how_long = wait_for::tasks, pending what = pending::run);

  /// Ends the workers now, politely first: SIGTERM, and SIGKILL for those that are still there two seconds later.
  /// Running tasks fail with terminated_worker, queued ones with broken_process_pool, later submits throw
  /// shutdown_error.
  /// **Blocks** until the workers are gone. **Python**: terminate_workers.
  void terminate_workers();
  /// The same with SIGKILL at once. **Python**: kill_workers.
  void kill_workers();

  std::size_t max_workers() const noexcept;
  /// Worker processes that are started and not on their way out.
  std::size_t workers() const;
  /// Tasks that no worker has yet.
  std::size_t queued() const;

 private:
  template <class F, class... Args>
  auto submit_call(process_task_options options, const F& f, const Args&... args) {
    using function = std::decay_t<F>;
    static_assert(detail::check_call<function, detail::crossing_type<Args>...>());
    using result = detail::call_result_t<function, detail::crossing_type<Args>...>;
    static_assert(detail::check_result<result>());
    encoder payload = begin_call(options);
    detail::encode_call(payload, f, args...);
    return start<result>(std::move(options), std::move(payload));
  }
  template <auto Function, class... Args>
  auto submit_constant(process_task_options options, const Args&... args) {
    using function = decltype(Function);
    static_assert(detail::check_call<function, detail::crossing_type<Args>...>());
    using result = detail::call_result_t<function, detail::crossing_type<Args>...>;
    static_assert(detail::check_result<result>());
    encoder payload = begin_call(options);
    detail::encode_constant_call<Function>(payload, args...);
    return start<result>(std::move(options), std::move(payload));
  }
  template <class F, class... Args>
  void post_call(process_task_options options, const F& f, const Args&... args) {
    using function = std::decay_t<F>;
    static_assert(detail::check_call<function, detail::crossing_type<Args>...>());
    using result = detail::call_result_t<function, detail::crossing_type<Args>...>;
    static_assert(detail::check_result<result>());
    encoder payload = begin_call(options);
    detail::encode_call(payload, f, args...);
    auto* block = new detail::remote_block<result, detail::when_failed::report>;
    enqueue(*block, std::move(options), std::move(payload));
  }

  template <class R>
  future<R> start(process_task_options options, encoder payload) {
    auto* block = new detail::remote_block<R, detail::when_failed::keep_for_reader>;
    auto handle = future<R>::adopt(block);
    enqueue(*block, std::move(options), std::move(payload));
    return handle;
  }

  /// Checks the options; the payload begins with the task's name.
  static encoder begin_call(const process_task_options& options);
  /// Takes over the block's keeper; on an error the block is let go.
  void enqueue(detail::remote_task& item, process_task_options options, encoder payload);

  std::shared_ptr<detail::process_pool_core> core_;
};

}  // namespace weft
