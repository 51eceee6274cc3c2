#include "process/child.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace weft::detail {

void keep_only(int fd) noexcept {
  if (fd != child_socket) ::dup3(fd, child_socket, O_CLOEXEC);
  ::close_range(static_cast<unsigned>(child_socket) + 1, ~0U, 0);
}

void let_go_of_standard_descriptors() noexcept {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return;
  for (const int fd : {0, 1, 2}) ::dup2(null, fd);
  if (null > 2) ::close(null);
}

void block_all_signals() noexcept {
  ::sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  // Were it ignored, the kernel would reap our children and their status would be lost.
  ::signal(SIGCHLD, SIG_DFL);
}

void restore_signals() noexcept {
  constexpr std::array faults{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
  for (int signal = 1; signal < NSIG; ++signal) {
    // Some cannot be set (SIGKILL, those of the C library); they need not be.
    if (std::ranges::find(faults, signal) == faults.end()) ::signal(signal, SIG_DFL);
  }
  ::sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace weft::detail
