// The manager of a process pool: one thread that starts workers, gives them tasks, takes their outcomes, and buries them.
// Protocol: README.md beside this file. manager.cpp is the loop, manager_workers.cpp what happens to one worker.
// Thread safety: run() on one thread; everything else belongs to it. Foreign code (callbacks, decoding) runs without any lock.
#pragma once

#include "process/descriptor.hpp"
#include "process/pool_core.hpp"
#include "process/setup.hpp"
#include "process/worker_link.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace weft::detail {

class pool_manager {
 public:
  /// In the thread that makes the pool: takes what its workers take over. **Errors**: std::system_error.
  explicit pool_manager(process_pool_core& core);
  pool_manager(const pool_manager&) = delete;
  pool_manager& operator=(const pool_manager&) = delete;

  /// Until the pool is shut down and every worker is gone. Never throws: a failure of its own breaks the pool.
  void run() noexcept;

 private:
  using clock = worker_link::clock;

  // What an epoll event is about.
  enum class source : std::uint8_t { wake, report, channel, process };

  // The loop.
  void loop();
  void wait_and_handle();
  void dispatch();
  void obey(const process_pool_core::orders& orders);
  void start_workers(std::size_t queued);
  void dismiss_all();
  void handle_timers();
  int epoll_timeout() const;
  void handle(std::uint64_t generation, source what, bool writable);

  // One worker.
  void start_worker();
  void on_report(worker_link& worker);
  void on_started(worker_link& worker);
  void on_start_failed(worker_link& worker, const std::string& text);
  void on_channel(worker_link& worker, bool writable);
  void on_process_end(worker_link& worker);
  void on_due(worker_link& worker);
  void take_frames(worker_link& worker);
  void take_frame(worker_link& worker, const frame& message);
  void on_ready(worker_link& worker);
  void on_outcome(worker_link& worker, const frame& message);
  void hand_out(worker_link& worker, remote_task& item);
  void hand_out_next(worker_link& worker);
  void dismiss(worker_link& worker);
  void kill(worker_link& worker, end_reason reason, const std::string& detail = {});
  void bury(worker_link& worker, const worker_exit& how);
  void lose_task(worker_link& worker, const worker_exit& how);
  void forget(worker_link& worker);

  // Everything.
  void break_pool(const std::string& text);
  void fail_everything(const std::string& text) noexcept;

  void set_state(worker_link& worker, worker_state to);
  std::size_t count(worker_state state) const { return counts_[static_cast<std::size_t>(state)]; }
  /// Workers that count against max_workers.
  std::size_t live() const;
  void watch(int fd, std::uint64_t generation, source what, unsigned events);
  void watch_output(worker_link& worker);
  void unwatch(int fd) noexcept;

  process_pool_core& core_;
  const descriptor poll_;
  const worker_setup setup_;
  std::unordered_map<std::uint64_t, std::unique_ptr<worker_link>> workers_;
  // The most recently used last: it is given work first.
  std::vector<worker_link*> idle_;
  std::array<std::size_t, 6> counts_{};
  std::uint64_t next_generation_ = 1;
  // Workers that died before they were ready, in a row.
  unsigned early_deaths_ = 0;
  // Starts that failed, in a row, and when to try again.
  clock::time_point no_start_before_ = clock::time_point::min();
  bool signalled_ = false;
  bool broken_ = false;
  bool dismissing_ = false;
};

/// Finishes a claimed task with an error and lets it go.
void fail_and_drop(remote_task& item, std::exception_ptr error) noexcept;

}  // namespace weft::detail
