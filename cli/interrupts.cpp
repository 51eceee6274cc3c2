#include "interrupts.hpp"

#include "command.hpp"

#include <pthread.h>
#include <unistd.h>
#include <csignal>
#include <ctime>

namespace weft::cli {
namespace {

::sigset_t watched() {
  ::sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

interrupts::interrupts() {
  const auto signals = watched();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  watcher_ = std::jthread([this](const std::stop_token& over) {
    const auto awaited = watched();
    while (!over.stop_requested()) {
      const int signal = ::sigwaitinfo(&awaited, nullptr);
      if (over.stop_requested() || signal < 0) continue;
      if (stop_.stop_requested()) ::_exit(exit_interrupted);
      stop_.request_stop();
    }
  });
}

interrupts::~interrupts() {
  watcher_.request_stop();
  // It only wakes the watcher, which has the signal blocked.
  ::pthread_kill(watcher_.native_handle(), SIGTERM);  // NOLINT(bugprone-bad-signal-to-kill-thread)
  watcher_.join();
  const auto signals = watched();
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace weft::cli
