// Every wait of the library that takes a timeout, as one list: what is true of all of them is tested on all of them.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace weft::test {

struct timed_wait {
  std::string name;
  /// What a negative timeout means: invalid_argument (true) or the same as zero (false).
  bool refuses_negative = false;
  /// Waits. True: what it waits for came; false: the time was over, told in the way that its documentation says.
  /// Everything else is thrown.
  std::function<bool(std::chrono::nanoseconds)> wait;
  /// Lets come what it waits for. At most once, and no wait() may begin afterwards.
  std::function<void()> end;
};

/// A fresh list: what its waits wait for has not come yet. The entries share nothing.
std::vector<timed_wait> timed_waits();

}  // namespace weft::test
