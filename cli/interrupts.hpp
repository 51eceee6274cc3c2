// SIGINT and SIGTERM as a stop request: the first asks the work to end, a later one ends the program at once.
// What follows the first within half a second is the same request: shells, timeout and container runtimes signal the
// process and its group.
#pragma once

#include <stop_token>
#include <string>
#include <thread>

namespace weft::cli {

/// While it lives, the two signals are blocked in this thread and all that it starts; make it before any other thread.
/// **Thread safety**: one at a time in a program.
class interrupts {
 public:
  /// The file `partial`, if any, is removed when the program is ended at once.
  explicit interrupts(std::string partial = {});
  interrupts(const interrupts&) = delete;
  interrupts& operator=(const interrupts&) = delete;
  ~interrupts();

  std::stop_token token() const { return stop_.get_token(); }

 private:
  std::string partial_;
  std::stop_source stop_;
  std::jthread watcher_;
};

}  // namespace weft::cli
