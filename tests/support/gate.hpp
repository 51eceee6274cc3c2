// Gates that tasks wait at and tests open, for tasks in threads and in other processes alike: two named pipes.
// A gate crosses to a task as its path (a std::string), so no capture is needed.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace weft::test {

class gate {
 public:
  gate();
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;
  /// Opens itself, so that no task is left waiting.
  ~gate();

  const std::string& path() const noexcept { return path_; }
  /// Blocks until `count` further tasks have arrived. False after ten seconds.
  bool wait_for_arrivals(std::size_t count = 1);
  /// Tasks that have arrived and were not yet counted by wait_for_arrivals.
  std::size_t arrivals();
  /// Lets everybody through, now and later.
  void open();

 private:
  std::string path_;
  int arrivals_ = -1;
  int opener_ = -1;
};

/// What a task calls: tells that it has arrived and blocks until the gate is open. Returns `value`.
int pass(std::string path, int value);

}  // namespace weft::test
