// The manager's view of one worker process: its sockets, its state, and the task in its hands.
// Thread safety: none; it belongs to the manager thread.
#pragma once

#include "process/descriptor.hpp"
#include "process/frames.hpp"
#include "process/setup.hpp"
#include "process/wire.hpp"

#include <weft/base/error.hpp>
#include <weft/process/remote_task.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace weft::detail {

enum class worker_state : std::uint8_t {
  requested,  ///< asked for, nothing known yet
  starting,   ///< set-up and initializer are on their way or running
  idle,
  busy,
  leaving,  ///< was told to leave, or signalled politely
  dying,    ///< was killed
};

/// Why a worker was ended from here; the task it holds fails accordingly.
enum class end_reason : std::uint8_t { none, time_limit, terminated, protocol, closed_channel, pool_broken };

class worker_link {
 public:
  using clock = std::chrono::steady_clock;

  worker_link(std::uint64_t generation, descriptor report) noexcept : generation_(generation), report_(std::move(report)) {}
  worker_link(const worker_link&) = delete;
  worker_link& operator=(const worker_link&) = delete;

  std::uint64_t generation() const noexcept { return generation_; }
  ::pid_t pid() const noexcept { return pid_; }
  int report_socket() const noexcept { return report_.get(); }
  int channel() const noexcept { return channel_.get(); }
  int pidfd() const noexcept { return pidfd_.get(); }
  frame_reader& reader() noexcept { return reader_; }

  /// What the report socket says: a start reply (taken over), an exit report, or that it closed.
  struct nothing_yet {};
  struct started {};
  struct start_failed {
    std::string text;
  };
  struct exited {
    worker_exit how;
  };
  struct report_closed {};
  using news = std::variant<nothing_yet, started, start_failed, exited, report_closed>;
  news read_report();

  /// Queues and sends set-up and initializer. False: the worker does not take it.
  bool send_start(const worker_setup& setup, std::span<const std::byte> initializer);
  bool send_task(const remote_task& item);
  bool send_leave();
  /// Sends what is left. False: the channel is closed.
  bool flush() { return writer_.flush(channel_.get(), no_wait) != io_result::closed; }
  bool all_sent() const noexcept { return writer_.sent(); }

  /// Signals the process (SIGKILL: its whole group, where the kernel can).
  void signal(int number) noexcept;

  worker_state state = worker_state::requested;
  /// The task in its hands.
  remote_task* task = nullptr;
  end_reason reason = end_reason::none;
  /// More on the reason, for the error's text.
  std::string detail;
  std::size_t tasks_done = 0;
  /// When something is to be done: the time limit's end, or that of the grace to leave.
  clock::time_point due = clock::time_point::max();
  bool channel_open = false;
  bool report_open = true;
  bool process_ended = false;
  /// What epoll was told to look for on the channel.
  bool watches_output = false;

 private:
  static const int no_wait;

  const std::uint64_t generation_;
  descriptor report_;
  descriptor channel_;
  descriptor pidfd_;
  ::pid_t pid_ = 0;
  encoder initializer_;
  frame_reader reader_;
  frame_writer writer_;
};

}  // namespace weft::detail
