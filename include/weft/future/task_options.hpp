// What one task can be told when it is submitted: executors on threads take all of it.
#pragma once

#include <chrono>
#include <string>

namespace weft {

struct task_options {
  /// Appears in this_task::name(), describe(), and the texts of errors and reports.
  std::string name{};
  /// Tasks of more than 0 are started before all that wait without a priority, larger ones first; those of less than 0
  /// when nothing else waits. Equal ones in the order submitted.
  int priority = 0;
  /// Not started earlier than this after the submission.
  std::chrono::nanoseconds delay{0};
};

}  // namespace weft
