// Looking at processes from outside: who is alive, who is whose child, how many descriptors are open.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace processes {

/// The process exists and is no zombie.
bool alive(::pid_t pid);
std::vector<::pid_t> children_of(::pid_t pid);
std::size_t open_descriptors();
/// A path in the temporary directory that does not exist yet.
std::string fresh_path(const std::string& stem);

/// Looks until the condition holds; false after the limit.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds limit = std::chrono::seconds(10));

/// A run of this test program with other arguments (see main.cpp).
class program {
 public:
  explicit program(const std::vector<std::string>& arguments);
  program(const program&) = delete;
  program& operator=(const program&) = delete;
  ~program();

  ::pid_t pid() const { return pid_; }
  /// The next line of its standard output; empty at the end.
  std::string line();
  /// Everything up to the end of its standard output.
  std::string rest();
  /// Waits for it; the status as of waitpid.
  int wait();

 private:
  ::pid_t pid_ = 0;
  int output_ = -1;
};

}  // namespace processes

#include <thread>

template <class Condition>
bool processes::eventually(Condition condition, std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}
