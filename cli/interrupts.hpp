// SIGINT and SIGTERM as a stop request: the first asks the work to end, the second ends the program at once.
#pragma once

#include <stop_token>
#include <thread>

namespace weft::cli {

/// While it lives, the two signals are blocked in this thread and all that it starts; make it before any other thread.
/// **Thread safety**: one at a time in a program.
class interrupts {
 public:
  interrupts();
  interrupts(const interrupts&) = delete;
  interrupts& operator=(const interrupts&) = delete;
  ~interrupts();

  std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  std::jthread watcher_;
};

}  // namespace weft::cli
