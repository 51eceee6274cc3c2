// What a process pool and its tasks can be told.
#pragma once

#include <weft/base/export.hpp>
#include <weft/process/call.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace weft {

/// A call to be made in a worker, with its arguments: `{&f, 1, "text"}`, a captureless lambda, or nothing.
/// **Errors** of the constructor: as those of process_pool_executor::submit.
class remote_call {
 public:
  remote_call() noexcept = default;
  template <class F, class... Args>
    requires(!std::same_as<std::remove_cvref_t<F>, remote_call>)
  remote_call(F&& f, Args&&... args) {  // NOLINT(google-explicit-constructor,bugprone-forwarding-reference-overload)
    static_assert(detail::check_call<std::decay_t<F>, detail::crossing_type<Args>...>());
    detail::encode_call(out_, std::forward<F>(f), args...);
  }

  explicit operator bool() const noexcept { return out_.size() != 0; }
  std::span<const std::byte> bytes() const noexcept { return out_.bytes(); }

 private:
  encoder out_;
};

/// What happens when a worker dies with a task in its hands.
class crash_policy {
 public:
  enum class kind : std::uint8_t { fail_task, retry, break_pool };

  /// The task fails with terminated_worker, the worker is replaced, the pool goes on.
  static const crash_policy fail_task;
  /// Everything fails and the pool takes no more work, as in Python.
  static const crash_policy break_pool;
  /// The task is given to another worker, up to `times` times; then it fails as with fail_task. Only for tasks that may
  /// run more than once.
  static constexpr crash_policy retry(unsigned times) noexcept { return {kind::retry, times}; }

  constexpr kind what() const noexcept { return kind_; }
  constexpr unsigned times() const noexcept { return times_; }

 private:
  constexpr crash_policy(kind what, unsigned times) noexcept : kind_(what), times_(times) {}
  kind kind_;
  unsigned times_;
};

inline constexpr crash_policy crash_policy::fail_task{kind::fail_task, 0};
inline constexpr crash_policy crash_policy::break_pool{kind::break_pool, 0};

struct process_pool_options {
  /// Worker processes at the most, started when there is work for them. 0: cpu_count(). More than 1,024 need
  /// `allow_many_workers`.
  std::size_t max_workers = 0;
  /// Called once in each worker before its first task. If it throws or its worker dies, the pool is broken.
  remote_call initializer{};
  /// A worker is replaced by a new one after so many tasks. 0: never.
  std::size_t max_tasks_per_child = 0;
  crash_policy on_crash = crash_policy::fail_task;
  bool allow_many_workers = false;
};

struct process_task_options {
  /// The task may run so long; then its worker is killed, with every process it started, and the future fails with
  /// time_limit_exceeded. Waiting in the queue and starting a worker do not count.
  std::chrono::nanoseconds time_limit = std::chrono::nanoseconds::max();
  /// Appears in error texts and traces.
  std::string name{};
};

}  // namespace weft
