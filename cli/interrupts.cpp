#include "interrupts.hpp"

#include "command.hpp"

#include <pthread.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <ctime>
#include <utility>

namespace weft::cli {
namespace {

constexpr std::chrono::milliseconds same_request{500};

::sigset_t watched() {
  ::sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

interrupts::interrupts(std::string partial) : partial_(std::move(partial)) {
  const auto signals = watched();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  watcher_ = std::jthread([this](const std::stop_token& over) {
    const auto awaited = watched();
    std::chrono::steady_clock::time_point first;
    while (!over.stop_requested()) {
      const int signal = ::sigwaitinfo(&awaited, nullptr);
      if (over.stop_requested() || signal < 0) continue;
      const auto now = std::chrono::steady_clock::now();
      if (!stop_.stop_requested()) {
        first = now;
        stop_.request_stop();
      } else if (now - first > same_request) {
        if (!partial_.empty()) ::unlink(partial_.c_str());
        ::_exit(exit_interrupted);
      }
    }
  });
}

interrupts::~interrupts() {
  watcher_.request_stop();
  // It only wakes the watcher, which has the signal blocked.
  ::pthread_kill(watcher_.native_handle(), SIGTERM);  // NOLINT(bugprone-bad-signal-to-kill-thread)
  watcher_.join();
  // After a stop request the program is about to end: one more signal must not kill it before it tidied up.
  if (stop_.stop_requested()) return;
  const auto signals = watched();
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace weft::cli
