#include "process/worker_link.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP (1U << 2)
#endif

namespace weft::detail {
namespace {

const char* name_of(start_step step) noexcept {
  switch (step) {
    case start_step::socketpair:
      return "socketpair";
    case start_step::fork:
      return "fork";
    case start_step::pidfd_open:
      return "pidfd_open";
    default:
      return "start";
  }
}

worker_exit describe_exit(const exit_report& report) {
  worker_exit how;
  how.pid = report.pid;
  how.peak_memory = report.peak_memory;
  how.unknown = report.status == -1;
  if (how.unknown) return how;
  how.signalled = WIFSIGNALED(report.status);
  how.code = how.signalled ? WTERMSIG(report.status) : WEXITSTATUS(report.status);
  how.core_dumped = how.signalled && WCOREDUMP(report.status);
  return how;
}

}  // namespace

const int worker_link::no_wait = MSG_DONTWAIT;

worker_link::news worker_link::read_report() {
  union {
    start_reply start;
    exit_report exit;
  } room{};
  static_assert(sizeof(start_reply) != sizeof(exit_report));
  received_message message = receive_message(report_.get(), writable_bytes_of(room), MSG_DONTWAIT);
  if (message.bytes < 0 && errno == EAGAIN) return nothing_yet{};
  if (message.bytes == sizeof(start_reply) && room.start.magic == start_reply::right_magic) {
    if (room.start.error != 0) {
      return start_failed{std::string("the fork server cannot start a worker: ") + name_of(room.start.step) + ": " +
                          std::system_category().message(room.start.error)};
    }
    channel_ = std::move(message.descriptors[0]);
    pidfd_ = std::move(message.descriptors[1]);
    pid_ = room.start.pid;
    if (!channel_ || !pidfd_) {
      // The worker sees its channel closed and leaves.
      return start_failed{"a worker's descriptors could not be received: " + std::system_category().message(EMFILE)};
    }
    return started{};
  }
  if (message.bytes == sizeof(exit_report) && room.exit.magic == exit_report::right_magic) return exited{describe_exit(room.exit)};
  return report_closed{};
}

bool worker_link::send_start(const worker_setup& setup, std::span<const std::byte> initializer) {
  frame_header header;
  header.kind = frame_kind::setup;
  header.task = initializer.empty() ? 0 : initializer_follows;
  writer_.put(header, setup.payload(), setup.descriptors());
  if (!initializer.empty()) {
    initializer_.write_value(std::uint32_t{0});  // no name
    initializer_.write(initializer.data(), initializer.size());
    header.kind = frame_kind::initialize;
    header.task = 0;
    writer_.put(header, initializer_.bytes());
  }
  return flush();
}

bool worker_link::send_task(const remote_task& item) {
  frame_header header;
  header.kind = frame_kind::task;
  header.task = item.number;
  writer_.put(header, item.payload.bytes());
  return flush();
}

bool worker_link::send_leave() {
  frame_header header;
  header.kind = frame_kind::leave;
  writer_.put(header, {});
  return flush();
}

void worker_link::signal(int number) noexcept {
  if (!pidfd_) return;
  if (number == SIGKILL &&
      ::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, PIDFD_SIGNAL_PROCESS_GROUP) == 0) {
    return;
  }
  // An older kernel: the fork server ends the rest of the group when it reaps the worker.
  ::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0);
}

}  // namespace weft::detail
