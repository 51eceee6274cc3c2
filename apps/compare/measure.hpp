// What a program costs when it runs by itself: wall time, CPU time of it and of every process it waited for.
#pragma once

#include <string>
#include <vector>

namespace weft::compare {

struct child_run {
  int status = 0;         ///< exit code; 128 + signal when killed
  std::string out;        ///< its standard output
  double wall_s = 0;      ///< from its start to its end
  double cpu_s = 0;       ///< user and system time, children that were waited for included
  double peak_bytes = 0;  ///< of the one largest process among them
};

/// Runs a program with `input` as its standard input; its standard error is ours.
/// **Blocks** until it ended. **Errors**: std::system_error naming the program when it cannot be started.
child_run run_measured(const std::vector<std::string>& command, const std::string& input = "");

}  // namespace weft::compare
