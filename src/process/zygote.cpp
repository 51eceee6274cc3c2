#include "process/zygote.hpp"

#include "process/child.hpp"
#include "process/descriptor.hpp"
#include "process/wire.hpp"
#include "process/worker.hpp"

#include <cerrno>
#include <cstdint>
#include <optional>
#include <stdio_ext.h>
#include <csignal>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <unordered_map>

namespace weft::detail {
namespace {

/// A start that failed: what goes back to the manager.
struct start_failure {
  start_step step;
  int error;
};

[[noreturn]] void become_worker(int channel, ::pid_t server) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The fork server may have died before the line above.
  if (::getppid() != server) ::_exit(1);
  ::setpgid(0, 0);
  ::prctl(PR_SET_NAME, "weft-worker");
  keep_only(channel);
  restore_signals();
  run_worker(child_socket);
}

class zygote {
 public:
  explicit zygote(descriptor control) : control_(std::move(control)), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!poll_) throw_errno("epoll_create1");
    watch(control_.get(), control_key);
    application_.reset(static_cast<int>(::syscall(SYS_pidfd_open, ::getppid(), 0)));
    if (application_) watch(application_.get(), application_key);
  }

  /// Returns when the application is gone.
  void serve() {
    while (true) {
      std::array<::epoll_event, 16> events{};
      const int count = ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), -1);
      if (count < 0 && errno != EINTR) throw_errno("epoll_wait");
      bool asked = false;
      for (int i = 0; i < count; ++i) {
        const std::uint64_t key = events[static_cast<std::size_t>(i)].data.u64;
        if (key == application_key) return;
        if (key == control_key) {
          asked = true;
        } else {
          reap(static_cast<::pid_t>(key));
        }
      }
      if (asked && !answer()) return;
    }
  }

  /// Kills whatever lives, with its whole process group.
  void end_all() noexcept {
    for (const auto& entry : children_) {
      ::kill(-entry.first, SIGKILL);
      ::kill(entry.first, SIGKILL);
    }
    for (const auto& entry : children_) ::waitpid(entry.first, nullptr, 0);
  }

 private:
  static constexpr std::uint64_t control_key = 0;
  static constexpr std::uint64_t application_key = ~std::uint64_t{0};

  struct child {
    descriptor pidfd;
    /// Not open for the spare.
    descriptor report;
  };
  struct spare {
    ::pid_t pid = 0;
    descriptor channel;
  };

  void watch(int fd, std::uint64_t key) {
    ::epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = key;
    if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) throw_errno("epoll_ctl");
  }

  /// Takes one request. False: the application is gone.
  bool answer() {
    start_request request;
    received_message message = receive_message(control_.get(), writable_bytes_of(request), MSG_DONTWAIT);
    if (message.bytes < 0) return errno == EAGAIN;
    if (message.bytes == 0) return false;
    if (message.bytes != sizeof request || request.magic != start_request::right_magic || !message.descriptors[0]) return true;
    start(std::move(message.descriptors[0]));
    return true;
  }

  void start(descriptor report) {
    start_reply reply;
    try {
      spare ready = spare_ ? std::move(*spare_) : fork_worker();
      spare_.reset();
      child& process = children_.at(ready.pid);
      reply.pid = ready.pid;
      const std::array passed{ready.channel.get(), process.pidfd.get()};
      // A manager that is gone already is told nothing; the worker sees its channel close and leaves.
      static_cast<void>(send_message(report.get(), bytes_of(reply), passed, MSG_DONTWAIT));
      process.report = std::move(report);
    } catch (const start_failure& failure) {
      reply.step = failure.step;
      reply.error = failure.error;
      static_cast<void>(send_message(report.get(), bytes_of(reply), {}, MSG_DONTWAIT));
      return;
    }
    try {
      if (!spare_) spare_ = fork_worker();
    } catch (const start_failure&) {
      return;  // no spare then; the next start tries again and reports
    }
  }

  spare fork_worker() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) throw start_failure{start_step::socketpair, errno};
    spare made;
    made.channel.reset(ends[0]);
    descriptor other(ends[1]);
    const ::pid_t self = ::getpid();
    made.pid = ::fork();
    if (made.pid < 0) throw start_failure{start_step::fork, errno};
    if (made.pid == 0) become_worker(other.get(), self);
    ::setpgid(made.pid, made.pid);  // whoever comes first
    descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, made.pid, 0)));
    if (!pidfd) {
      const start_failure failure{start_step::pidfd_open, errno};
      ::kill(made.pid, SIGKILL);
      ::waitpid(made.pid, nullptr, 0);
      throw failure;
    }
    watch(pidfd.get(), static_cast<std::uint64_t>(made.pid));
    children_.emplace(made.pid, child{.pidfd = std::move(pidfd), .report = {}});
    return made;
  }

  void reap(::pid_t pid) {
    const auto at = children_.find(pid);
    if (at == children_.end()) return;
    // Until it is reaped its number, and so the group's, is not used again.
    ::kill(-pid, SIGKILL);
    exit_report report;
    report.pid = pid;
    ::rusage usage{};
    int status = 0;
    if (::wait4(pid, &status, 0, &usage) == pid) {
      report.status = status;
      report.peak_memory = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    }
    if (at->second.report) static_cast<void>(send_message(at->second.report.get(), bytes_of(report), {}, MSG_DONTWAIT));
    if (spare_ && spare_->pid == pid) spare_.reset();
    children_.erase(at);
  }

  descriptor control_;
  descriptor poll_;
  descriptor application_;
  std::optional<spare> spare_;
  std::unordered_map<::pid_t, child> children_;
};

}  // namespace

void run_zygote(int control) noexcept {
  block_all_signals();
  ::setpgid(0, 0);
  ::prctl(PR_SET_NAME, "weft-zygote");
  let_go_of_standard_descriptors();
  keep_only(control);
  // What the application has written and not flushed is the application's to write.
  ::__fpurge(stdout);
  ::__fpurge(stderr);
  int code = 0;
  try {
    zygote server{descriptor(child_socket)};
    try {
      server.serve();
    } catch (const std::exception&) {
      code = 1;  // nobody is left to tell: managers see the end of their report sockets
    }
    server.end_all();
  } catch (const std::exception&) {
    code = 1;
  }
  ::_exit(code);
}

}  // namespace weft::detail
