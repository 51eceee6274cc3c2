// The core of thread_pool_executor, shared by the executor and its workers. Protocol: README.md beside this file.
#pragma once

#include <weft/future/detail/task.hpp>
#include <weft/pool/thread_pool_executor.hpp>
#include <weft/sync/condition.hpp>
#include <weft/sync/mutex.hpp>

#include <exception>
#include <thread>
#include <vector>

namespace weft::detail {

/// The tasks that wait, oldest first; linked through the blocks, so that appending never allocates.
class task_list {
 public:
  bool empty() const noexcept { return first_ == nullptr; }
  std::size_t size() const noexcept { return size_; }
  void append(task& item) noexcept;
  task& take_first() noexcept;
  /// Takes the newest back; `item` must be it.
  void take_back_last(task& item) noexcept;

 private:
  task* first_ = nullptr;
  task* last_ = nullptr;
  std::size_t size_ = 0;
};

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
  // A worker that found nothing to do; lives on that worker's stack.
  struct sleeper {
    futex_word signal{0};
  };

  void start_worker() WEFT_REQUIRES(lock_);
  sleeper* choose_sleeper() WEFT_REQUIRES(lock_);
  void work(std::size_t index) noexcept;
  bool initialize(std::size_t index) noexcept;
  task* next_task() noexcept;
  void break_pool(const std::exception_ptr& cause) noexcept;
  void stop(pending what) noexcept;
  void join() noexcept;
  static void wake(sleeper* chosen) noexcept;

  // Constant after construction.
  const std::size_t max_workers_;
  const std::string prefix_;

  unique_function<void()> initializer_;
  mutex initializer_lock_;  // one initializer at a time: the callable need not be thread-safe

  mutable mutex lock_;
  task_list queue_ WEFT_GUARDED_BY(lock_);
  std::vector<sleeper*> sleepers_ WEFT_GUARDED_BY(lock_);
  std::vector<std::thread> threads_ WEFT_GUARDED_BY(lock_);
  std::size_t started_ WEFT_GUARDED_BY(lock_) = 0;
  std::size_t live_ WEFT_GUARDED_BY(lock_) = 0;
  bool wake_in_flight_ WEFT_GUARDED_BY(lock_) = false;
  bool shut_down_ WEFT_GUARDED_BY(lock_) = false;
  bool joining_ WEFT_GUARDED_BY(lock_) = false;
  std::exception_ptr broken_by_ WEFT_GUARDED_BY(lock_);
  condition joined_{lock_};

  // Tasks in the queue, for spinning workers. Written under lock_, read without: only a hint to look again.
  std::atomic<std::size_t> queued_hint_{0};
};

}  // namespace weft::detail
