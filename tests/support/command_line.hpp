// Runs a program for a test and keeps what it said.
#pragma once

#include <string>
#include <vector>

namespace weft::test {

struct command_outcome {
  int status = 0;  ///< exit code; 128 + signal when killed
  std::string out;
  std::string err;
};

/// **Blocks** until the program ended. `input` is its standard input.
/// **Errors**: std::system_error when the program cannot be started.
command_outcome run_command(const std::vector<std::string>& arguments, const std::string& input = "");

}  // namespace weft::test
