// Fork and join: tasks that are spawned in a scope and awaited at its end.
// Unlike futures, tasks of a group have no handle and no value of their own: they write where they were told to, and an
// error ends the group. That makes a spawn several times cheaper than a submit.
//
// Protocol: src/future/README.md, task groups.
#pragma once

#include <weft/base/detail/atom.hpp>
#include <weft/base/export.hpp>
#include <weft/base/parking.hpp>
#include <weft/future/executor_ref.hpp>
#include <weft/sync/mutex.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace weft {

namespace detail {
struct group_task;
struct group_overflow;
}  // namespace detail

/// A scope for tasks. Made, waited for and destroyed by one thread; run() and cancel() from any thread, where others
/// than that one, and tasks of the group on other workers, may call run() only while the group has unfinished tasks.
/// wait() runs the group's own tasks that have not started on the waiting worker, and nothing else, so hold no lock
/// while you wait that such a task takes.
/// **Visibility**: what the tasks did is visible after wait().
/// **Python**: asyncio.TaskGroup, for threads; the field: oneTBB's task_group, Cilk's spawn and sync.
class WEFT_EXPORT task_group {
 public:
  /// On the executor that runs the calling task. **Errors**: invalid_state outside of tasks.
  task_group();
  explicit task_group(executor_ref where);
  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;
  /// wait(); an error that nobody has waited for goes to the error hook.
  ~task_group();

  /// Spawns `f()`. Never blocks. **Errors**: as submit() of the executor; the task is let go then.
  template <class F>
  void run(F&& f) {
    static_assert(std::is_invocable_v<std::decay_t<F>&>, "task_group::run takes a callable without arguments");
    start(*new block<std::decay_t<F>>(*this, std::forward<F>(f)));
  }

  /// **Blocks** until every task has ended. Afterwards the group may be used again.
  /// **Errors**: the first error of a task, after all have ended (those that had not started were skipped);
  /// invalid_state from another thread than the one that made the group.
  void wait();

  /// Tasks that have not started are skipped. Never blocks.
  void cancel() noexcept { cancelled_.store(true); }
  bool cancelled() const noexcept { return cancelled_.load(); }

 private:
  template <class F>
  struct block;
  friend struct detail::group_task;
  friend struct detail::group_overflow;

  static executor_ref this_task_executor();
  void start(detail::group_task& item);
  void start_elsewhere(detail::group_task& item);
  std::shared_ptr<detail::group_overflow> overflow();
  void wait_for_all() noexcept;
  bool run_one() noexcept;
  bool all_ended() const noexcept;
  bool look_around() noexcept;
  void sleep() noexcept;
  void fail(std::exception_ptr error) noexcept;
  void ended() noexcept;

  static constexpr std::uint32_t asleep = 1;
  static constexpr std::uint32_t overflowing = 2;
  static constexpr std::uint32_t one_task = 4;

  // Constant after construction.
  executor_ref where_;
  const detail::worker_context* const owner_;  // of the thread that made the group
  void* const slot_;                           // the owner's, if it is a worker of `where_`

  // Owner only: tasks spawned less tasks run by this thread.
  std::int32_t here_ = 0;
  // Tasks spawned by other threads less tasks run by other threads, times four; the low bits: the owner sleeps, and the
  // overflow is not empty. Written by every other thread that spawns or runs a task, and by the owner, who adds `here_`
  // to it before it sleeps.
  detail::futex_word elsewhere_{0};
  detail::atom<bool> cancelled_{false};
  detail::atom<bool> failed_{false};

  mutex lock_;
  std::exception_ptr error_ WEFT_GUARDED_BY(lock_);
  // What other threads have spawned; made at the first such task, shared with the tickets for it.
  std::shared_ptr<detail::group_overflow> overflow_ WEFT_GUARDED_BY(lock_);
};

namespace detail {

/// A spawned call: a task without handles. Its group is told after the callable is gone, before the block is.
struct group_task : task {
  group_task(const task_operations& operations, task_group& owner) noexcept : task(operations, false), group(&owner) {}
  task_group* group;
  group_task* next = nullptr;  // in the overflow

 protected:
  bool skipped() const noexcept { return group->cancelled() || group->failed_.load(); }
  void failed() noexcept { group->fail(std::current_exception()); }
  void tell() noexcept {
    group->ended();  // the block stays "running": nobody has a handle to ask it
  }
  ~group_task() = default;
};

}  // namespace detail

template <class F>
struct task_group::block final : detail::group_task {
  template <class G>
  block(task_group& owner, G&& f) : group_task(table, owner), call(std::forward<G>(f)) {}
  ~block() {}  // NOLINT(modernize-use-equals-default): the union's member is destroyed by run or drop

  static void run(detail::task& base) noexcept {
    auto& self = static_cast<block&>(base);
    if (!self.skipped()) {
      try {
        self.call();
      } catch (...) {
        self.failed();
      }
    }
    std::destroy_at(std::addressof(self.call));
    self.tell();
  }
  static void drop(detail::task& base) noexcept {
    fail(base, std::make_exception_ptr(cancelled_error("a task of the group was let go")));
  }
  static void fail(detail::task& base, std::exception_ptr error) noexcept {
    auto& self = static_cast<block&>(base);
    std::destroy_at(std::addressof(self.call));
    self.group->fail(std::move(error));
    self.group->ended();
  }

  static constexpr detail::task_operations table{
      .run = &block::run,
      .drop = &block::drop,
      .fail = &block::fail,
      .destroy = [](detail::task& base, detail::task_state) noexcept { delete &static_cast<block&>(base); },
      .error = nullptr};

  union {
    F call;
  };
};

}  // namespace weft
