// Looking at the threads of this process from outside: how many there are, and whether one sleeps in the kernel.
// So a test can act at the moment at which somebody really waits, without sleeping itself.
#pragma once

#include <sys/types.h>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <thread>

namespace weft::test {

/// The kernel's number of the calling thread.
::pid_t own_thread_number() noexcept;

/// Threads of this process, those of a sanitizer's runtime too.
std::size_t count_threads();

/// True once the thread sleeps in the kernel (a futex, a read), seen several times in a row; false after ten seconds.
/// It may sleep for another reason than the one that the caller has in mind: good for making a case likely, never for
/// relying on it. True at once when `or_true` is: the thread is through and may never sleep again.
bool wait_until_asleep(::pid_t thread, const std::atomic<bool>* or_true = nullptr);

/// Looks until the condition holds; false after the limit.
template <class Condition>
bool eventually(Condition condition, std::chrono::seconds limit = std::chrono::seconds(30)) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace weft::test
