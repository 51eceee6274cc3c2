// The core of thread_pool_executor, shared by the executor and its workers. Protocol: README.md beside this file.
#pragma once

#include "pool/task_batch.hpp"
#include "pool/task_list.hpp"
#include "pool/work_deque.hpp"

#include <weft/future/detail/task.hpp>
#include <weft/pool/thread_pool_executor.hpp>
#include <weft/sync/condition.hpp>
#include <weft/sync/mutex.hpp>

#include <exception>
#include <thread>
#include <vector>

namespace weft::detail {

class thread_pool : public std::enable_shared_from_this<thread_pool> {
 public:
  explicit thread_pool(thread_pool_options options);

  void enqueue(task& item);
  void shutdown(wait_for how_long, pending what);
  /// shutdown() as the executor's destructor needs it: never throws, never waits for the calling thread.
  void close() noexcept;

  std::size_t max_workers() const noexcept { return max_workers_; }
  std::size_t workers() const;
  std::size_t queued() const;

 private:
  // Lives as long as the pool: others may look into its batch after its thread has ended.
  struct worker {
    task_batch batch;
    work_deque spawned;
    unsigned since_queue = 0;  // owner only: tasks taken from `spawned` since it last looked into the queue
    futex_word signal{0};      // 1: wake up; written by the waker, reset by the worker
    std::thread thread;        // protected by lock_
  };

  bool push_spawned(worker& self, task& item) noexcept;
  void accept(task& item, worker* spawner) WEFT_REQUIRES(lock_);
  std::exception_ptr refusal() const noexcept WEFT_REQUIRES(lock_);
  void start_worker() WEFT_REQUIRES(lock_);
  void note_attention() noexcept WEFT_REQUIRES(lock_);
  worker* choose_sleeper() WEFT_REQUIRES(lock_);
  void work(worker& self, std::size_t index) noexcept;
  bool initialize(std::size_t index) noexcept;
  task* next_task(worker& self) noexcept;
  task* take_from_queue(worker& self) WEFT_REQUIRES(lock_);
  task* take_own(worker& self) noexcept;
  task* steal() WEFT_REQUIRES(lock_);
  task* go_idle(worker& self, bool spins) WEFT_REQUIRES(lock_);
  std::size_t waiting() const WEFT_REQUIRES(lock_);
  task_list take_everything() WEFT_REQUIRES(lock_);
  void break_pool(const std::exception_ptr& cause) noexcept;
  void stop(pending what) noexcept;
  std::vector<std::thread> take_threads() noexcept;
  void join() noexcept;
  static void wake(worker* chosen) noexcept;

  // Constant after construction.
  const std::size_t max_workers_;
  const bool batching_;
  const std::string prefix_;

  unique_function<void()> initializer_;
  mutex initializer_lock_;  // one initializer at a time: the callable need not be thread-safe

  mutable mutex lock_;
  task_list queue_ WEFT_GUARDED_BY(lock_);
  std::vector<std::unique_ptr<worker>> workers_ WEFT_GUARDED_BY(lock_);
  std::vector<worker*> sleepers_ WEFT_GUARDED_BY(lock_);
  std::size_t live_ WEFT_GUARDED_BY(lock_) = 0;
  bool spinning_ WEFT_GUARDED_BY(lock_) = false;
  bool wake_in_flight_ WEFT_GUARDED_BY(lock_) = false;
  bool shut_down_ WEFT_GUARDED_BY(lock_) = false;
  bool joining_ WEFT_GUARDED_BY(lock_) = false;
  std::exception_ptr broken_by_ WEFT_GUARDED_BY(lock_);
  condition joined_{lock_};

  // There is something for a spinning worker. Written under lock_, read without: only a hint to look again.
  std::atomic<bool> work_hint_{false};
  // A pushed task needs somebody's attention: a worker sleeps or spins or could be started, or the pool takes no more.
  // Written under lock_; read by workers after their push: together with the sleeper's look at every deque after its
  // store here, one of the two sees the other (README, step 4).
  std::atomic<bool> attention_{true};
};

}  // namespace weft::detail
