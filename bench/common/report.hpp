// The measuring core of every benchmark: contenders run interleaved in one program run, several repetitions, each
// answer checked; medians, spread and ratios are printed and written as JSON with machine and compiler.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weft::bench {

/// One measurement of one contender: the figure, in the workload's unit. Throws if the answer is wrong.
using measurement = std::function<double()>;

struct contender {
  std::string name;
  measurement measure;
  int most_repetitions = 1000;  ///< slow peers run fewer; said in the report
};

/// What the issue asks of ours against a peer: ours <= factor x peer (or >= where larger is better).
struct goal {
  std::string peer;  ///< empty: an absolute figure
  double must = 0;
  double aim = 0;
};

struct workload {
  std::string name;
  std::string unit;
  bool larger_is_better = false;
  std::vector<contender> contenders;  ///< ours first
  std::vector<goal> goals{};
};

struct options {
  int repetitions = 7;
  std::string json_path;  ///< empty: none
  std::string only;       ///< run workloads whose name contains it
};

/// Runs all and prints a table each. Returns the number of goals whose must is not met.
int run(const std::string& title, const std::vector<workload>& workloads, const options& how);

/// Reads --repetitions N, --json FILE, --only TEXT; anything else ends the program with a word on standard error.
options parse(int argc, char** argv);

/// Seconds that `f` takes on the steady clock.
double seconds(const std::function<void()>& f);

/// Throws std::runtime_error naming `what` unless `correct`.
void check(bool correct, const std::string& what);

/// Runs a program and returns its standard output as a number; nothing if it cannot be run.
std::optional<double> number_from(const std::vector<std::string>& command);

}  // namespace weft::bench
