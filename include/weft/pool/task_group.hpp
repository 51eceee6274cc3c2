// Fork and join on a thread pool: run() spawns, wait() returns when everything that was spawned has ended.
// Unlike futures, a group's tasks have no handles: they cannot be cancelled or asked one by one, and cost less.
//
// Source: the fork-join discipline of Cilk (Frigo, Leiserson and Randall, PLDI 1998): waiters run what was spawned.
#pragma once

#include <weft/base/export.hpp>
#include <weft/future/detail/task.hpp>
#include <weft/pool/thread_pool_executor.hpp>

#include <concepts>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace weft {

/// **Thread safety**: run() from any thread, also from the group's own tasks; wait() from one thread at a time.
/// Immovable.
/// **Visibility**: what the tasks did is visible after wait().
/// While a worker of the pool waits it runs other tasks that tasks of this pool have spawned: **hold no lock** in
/// wait(). A thread that is no worker just sleeps.
/// What a thread outside of the pool gave to run() is in the pool's queue, where a waiting worker does not look: with
/// no other worker free it waits for ever. Let a thread outside of the pool wait for such a group.
class WEFT_EXPORT task_group {
 public:
  /// The pool must outlive the group.
  explicit task_group(thread_pool_executor& pool) noexcept : pool_(pool) {}
  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;
  /// wait(), but an error of a task goes to the error hook.
  ~task_group();

  /// Spawns `f()`. Never blocks. **Errors**: as thread_pool_executor::post; the task is then not counted.
  template <class F>
    requires std::is_invocable_v<std::decay_t<F>&>
  void run(F&& f) {
    spawn(*new spawned<std::decay_t<F>>(*this, std::forward<F>(f)));
  }

  /// **Blocks** until every spawned task has ended. **Errors**: the first error that a task threw; the others are
  /// dropped. The group can be used again afterwards.
  void wait();

 private:
  template <class F>
  class spawned final : public detail::task {
   public:
    template <class G>
    spawned(task_group& group, G&& f) : task(operations, false), group_(group), call_(std::forward<G>(f)) {}

   private:
    static void run(detail::task& base) noexcept {
      auto& self = static_cast<spawned&>(base);
      task_group& group = self.group_;
      try {
        self.call_();
      } catch (...) {
        group.failed(std::current_exception());
      }
      self.end(group);
    }
    // Also for a task that will not run: destroys the callable, then counts; the group may be gone afterwards.
    void end(task_group& group) noexcept {
      std::destroy_at(std::addressof(call_));
      finish(detail::task_state::value);
      group.ended();
    }

    static constexpr detail::task_operations operations{
        .run = &spawned::run,
        .drop =
            [](detail::task& base) noexcept {
              auto& self = static_cast<spawned&>(base);
              std::destroy_at(std::addressof(self.call_));
              self.group_.ended();
            },
        .fail =
            [](detail::task& base, std::exception_ptr error) noexcept {
              auto& self = static_cast<spawned&>(base);
              self.group_.failed(std::move(error));
              std::destroy_at(std::addressof(self.call_));
              self.group_.ended();
            },
        .destroy = [](detail::task& base, detail::task_state) noexcept { delete &static_cast<spawned&>(base); },
        .error = nullptr};

    task_group& group_;
    union {
      F call_;
    };

   public:
    ~spawned() {}  // NOLINT(modernize-use-equals-default): the callable is destroyed by run, drop or fail
  };

  void spawn(detail::task& item);
  void failed(std::exception_ptr error) noexcept;
  void ended() noexcept;
  void wait_for_all() noexcept;

  static constexpr std::uint32_t asleep = 1U << 31;

  thread_pool_executor& pool_;
  // Tasks spawned and not ended, and whether wait() sleeps. Written by run, by every task's end (its last access to
  // the group) and by wait.
  detail::futex_word pending_{0};
  // 1 once an error is being stored; the first to set it writes error_, which wait() reads after the count is zero.
  detail::futex_word has_error_{0};
  std::exception_ptr error_;
};

}  // namespace weft
