// The core of thread_pool_executor, shared by the executor and its workers. Protocol: README.md beside this file.
// thread_pool.cpp is what callers do, thread_pool_workers.cpp what the workers do.
#pragma once

#include "pool/lane.hpp"
#include "pool/ordered_tasks.hpp"
#include "pool/worker.hpp"

#include <weft/future/detail/task.hpp>
#include <weft/pool/thread_pool_executor.hpp>
#include <weft/sync/condition.hpp>
#include <weft/sync/mutex.hpp>
#include <weft/sync/semaphore.hpp>

#include <exception>
#include <optional>
#include <stop_token>
#include <vector>

namespace weft::detail {

class thread_pool : public std::enable_shared_from_this<thread_pool> {
 public:
  explicit thread_pool(thread_pool_options options);

  static const executor_operations operations;

  /// Takes over the task's keeper; on an error the task is let go.
  void enqueue(task& item);
  void enqueue(task& item, const task_options& how);
  /// enqueue() that leaves the tag for take_spawned.
  void spawn(task& item, const void* tag);

  void shutdown(wait_for how_long, pending what, running those);
  /// shutdown() as the executor's destructor needs it: never throws, never waits for the calling thread.
  void close() noexcept;
  void resize(std::size_t max_workers);

  std::size_t max_workers() const noexcept { return max_workers_.load(); }
  std::size_t workers() const;
  std::size_t queued() const;
  thread_pool_statistics statistics() const;

 private:
  using worker = pool_worker;
  enum class seat : std::uint8_t { not_needed, taken, ran_in_caller };

  // What callers do.
  worker* own_worker() const noexcept;
  lane& lane_of_this_thread() noexcept;
  bool push_spawned(worker& self, task& item, const void* tag) noexcept;
  void accept_spawned(worker& self, task& item, const void* tag);
  void accept_ordered(task& item, const task_options& how);
  seat take_seat(task& item);
  void sit_or_stand() noexcept;
  [[noreturn]] void refuse(task& item);
  void attend(lane* pushed_to, task* item);
  std::exception_ptr refusal() const WEFT_REQUIRES(lock_);
  worker* reinforce() WEFT_REQUIRES(lock_);
  worker* reinforce_if_possible() noexcept WEFT_REQUIRES(lock_);
  void start_worker() WEFT_REQUIRES(lock_);
  void note_attention() noexcept WEFT_REQUIRES(lock_);
  worker* choose_sleeper() WEFT_REQUIRES(lock_);
  worker* wake_sleeper(worker& chosen) noexcept WEFT_REQUIRES(lock_);
  worker* tell_the_time_keeper() WEFT_REQUIRES(lock_);
  worker* new_time_keeper() WEFT_REQUIRES(lock_);
  std::size_t waiting() const noexcept WEFT_REQUIRES(lock_);
  task* take_anything() noexcept WEFT_REQUIRES(lock_);
  void break_pool(const std::exception_ptr& cause) noexcept;
  void stop(pending what, running those) noexcept;
  template <class Let>
  void empty_and_wake(pending what, running those, Let&& let_go) noexcept;
  std::vector<os_thread> take_threads() noexcept;
  void join() noexcept;
  static void wake(worker* chosen) noexcept;

  // What workers do.
  void work(worker& self) noexcept;
  bool initialize(worker& self) noexcept;
  void finalize() noexcept;
  void end(worker& self) noexcept;
  task* next_task(worker& self) noexcept;
  task* take_special(worker& self, bool& ends) noexcept;
  task* take_own(worker& self) noexcept;
  task* take_from_lanes(worker& self) noexcept;
  task* steal() noexcept WEFT_REQUIRES(lock_);
  task* search(worker& self) noexcept;
  bool may_spin(worker& self) noexcept;
  task* spin(worker& self) noexcept;
  static void leave_processor(worker& self) noexcept;
  task* settle(worker& self, task* found, bool& ends) noexcept;
  task* look_everywhere(worker& self) noexcept WEFT_REQUIRES(lock_);
  void fall_asleep(worker& self) noexcept WEFT_REQUIRES(lock_);
  void take_out_sleeper(worker& self) noexcept WEFT_REQUIRES(lock_);
  void sleep(worker& self) noexcept;
  bool retire(worker& self) noexcept WEFT_REQUIRES(lock_);
  static void before_end(worker_context& context) noexcept;
  void tell_that_it_looks(worker& self) noexcept;
  task* leave_seat(task* item) noexcept;

  // Constant after construction.
  const std::string prefix_;
  const std::vector<int> affinity_;
  const std::size_t max_queued_;
  const when_full when_full_;
  const std::size_t lanes_mask_;
  const std::unique_ptr<lane[]> lanes_;
  std::stop_source stop_source_;

  unique_function<void()> initializer_ WEFT_GUARDED_BY(callables_lock_);
  unique_function<void()> finalizer_ WEFT_GUARDED_BY(callables_lock_);
  mutex callables_lock_;  // one call at a time: the callables need not be thread-safe

  semaphore seats_;  // places in the queue that are free; only with max_queued_

  mutable mutex lock_;
  std::vector<std::unique_ptr<worker>> workers_ WEFT_GUARDED_BY(lock_);
  std::vector<worker*> sleepers_ WEFT_GUARDED_BY(lock_);  // the next to wake is the last; who keeps time is the first
  ordered_tasks ordered_ WEFT_GUARDED_BY(lock_);
  std::size_t live_ WEFT_GUARDED_BY(lock_) = 0;
  std::size_t looking_ WEFT_GUARDED_BY(lock_) = 0;  // workers that will look into every place before they sleep
  bool spinning_ WEFT_GUARDED_BY(lock_) = false;
  bool closing_ WEFT_GUARDED_BY(lock_) = false;    // submits are refused as soon as they meet a closed lane
  bool shut_down_ WEFT_GUARDED_BY(lock_) = false;  // every lane is closed: workers end when nothing waits
  bool detached_ WEFT_GUARDED_BY(lock_) = false;   // nobody will join the threads
  bool joining_ WEFT_GUARDED_BY(lock_) = false;
  std::exception_ptr broken_by_ WEFT_GUARDED_BY(lock_);
  condition joined_{lock_};

  // Written under lock_, read by start_worker's callers and max_workers().
  atom<std::size_t> max_workers_;
  // A pushed task needs somebody's attention: a worker sleeps and none looks, or one could be started, or the pool
  // takes no more. Written under lock_; read by whoever has pushed a task (README, step 4).
  alignas(64) atom<bool> attention_{true};
  // Before a worker takes its own or the lanes' tasks it must look at those with a priority or a time, or retire.
  // Written under lock_, read by every worker between tasks.
  atom<bool> special_{false};
  // Tasks in the queue without a seat, because workers never wait for one. Written under no lock by whoever takes or
  // puts tasks; only with max_queued_.
  atom<std::size_t> without_seat_{0};
};

}  // namespace weft::detail
