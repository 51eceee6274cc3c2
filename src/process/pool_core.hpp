// The core of process_pool_executor, shared by the executor and its manager thread: the queue, what the pool was told,
// and how to wake the manager. The processes are the manager's (manager.hpp). Protocol: README.md beside this file.
#pragma once

#include "process/descriptor.hpp"

#include <weft/future/executor.hpp>
#include <weft/process/options.hpp>
#include <weft/process/remote_task.hpp>
#include <weft/sync/event.hpp>
#include <weft/sync/mutex.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace weft::detail {

/// Tasks in order, linked through themselves, so that appending never allocates.
class remote_queue {
 public:
  bool empty() const noexcept { return first_ == nullptr; }
  std::size_t size() const noexcept { return size_; }
  void append(remote_task& item) noexcept;
  void put_back(remote_task& item) noexcept;
  remote_task& take_first() noexcept;

 private:
  remote_task* first_ = nullptr;
  remote_task* last_ = nullptr;
  std::size_t size_ = 0;
};

class process_pool_core : public std::enable_shared_from_this<process_pool_core> {
 public:
  explicit process_pool_core(process_pool_options options);

  /// Starts the manager thread, which shares this object.
  void start();
  void enqueue(remote_task& item);
  void shutdown(wait_for how_long, pending what);
  void end_workers(int signal);
  /// shutdown() as the executor's destructor needs it: never throws, never waits for the calling thread.
  void close() noexcept;

  std::size_t max_workers() const noexcept { return max_workers_; }
  std::size_t workers() const noexcept { return live_workers_.load(); }
  std::size_t queued() const;

  // For the manager.

  const process_pool_options& options() const noexcept { return options_; }
  int wake_descriptor() const noexcept { return wake_.get(); }
  /// Takes what woke the manager.
  void drain_wake() noexcept;
  /// The oldest task that was not cancelled, claimed; null if there is none.
  remote_task* claim_next() noexcept;
  /// A claimed task comes back to the front.
  void put_back(remote_task& item) noexcept;
  /// From now on the next submit wakes the manager (true) or lets it be (false). False, and nothing has changed, if
  /// work is wanted and more than the `seen` tasks are queued already.
  bool rest(bool wants_work, std::size_t seen) noexcept;
  void set_live_workers(std::size_t count) noexcept { live_workers_.store(count); }

  struct orders {
    bool shut_down = false;
    /// Workers are to be ended with this signal; 0: they are not.
    int signal = 0;
  };
  orders current_orders() const noexcept;
  /// Refuses submissions from now on with broken_process_pool(text).
  void mark_broken(const std::string& text) noexcept;
  /// Fails every queued task with broken_process_pool(text).
  void fail_queued(const std::string& text) noexcept;

  /// For a manager thread that ends.
  void mark_finished() noexcept { finished_.set(); }

 private:
  std::exception_ptr refusal() const noexcept WEFT_REQUIRES(lock_);
  void stop(pending what, int signal) noexcept;
  void wake() noexcept;
  bool on_manager_thread() const noexcept { return std::this_thread::get_id() == thread_.get_id(); }

  // Constant after construction.
  const process_pool_options options_;
  const std::size_t max_workers_;
  const descriptor wake_;
  const ::pid_t owner_;

  mutable mutex lock_;
  remote_queue queue_ WEFT_GUARDED_BY(lock_);
  std::uint64_t next_number_ WEFT_GUARDED_BY(lock_) = 1;
  bool wake_wanted_ WEFT_GUARDED_BY(lock_) = true;
  bool shut_down_ WEFT_GUARDED_BY(lock_) = false;
  int signal_ WEFT_GUARDED_BY(lock_) = 0;
  std::optional<std::string> broken_by_ WEFT_GUARDED_BY(lock_);

  // Written by the manager, read by anyone.
  std::atomic<std::size_t> live_workers_{0};
  event finished_;
  // Written by start() and close() only.
  std::thread thread_;
};

}  // namespace weft::detail
