#include "support/threads.hpp"

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace weft::test {
namespace {

// The letter that the kernel shows: R runs, S sleeps, ... Zero when the thread is gone.
char state_of(::pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto name_end = text.rfind(')');
  return name_end == std::string::npos || text.size() < name_end + 3 ? '\0' : text[name_end + 2];
}

}  // namespace

::pid_t own_thread_number() noexcept { return ::gettid(); }

std::size_t count_threads() {
  const std::filesystem::directory_iterator all("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

bool wait_until_asleep(::pid_t thread, const std::atomic<bool>* or_true) {
  int in_a_row = 0;
  return eventually(
      [&] {
        if (or_true != nullptr && *or_true) return true;
        in_a_row = state_of(thread) == 'S' ? in_a_row + 1 : 0;
        return in_a_row == 3;
      },
      std::chrono::seconds(10));
}

}  // namespace weft::test
