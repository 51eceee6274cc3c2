#include "schedule/explore.hpp"

#include "schedule/scheduler.hpp"

#include <gtest/gtest.h>

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*)());  // only where a sanitizer is linked

namespace weft::schedule {
namespace {

// Written by the process of a run, read by ours afterwards.
struct outcome {
  std::uint64_t choices = 0;
  std::array<char, 256 * 1024> text{};
};

outcome& shared_outcome() {
  static outcome* const shared = [] {
    void* const memory = ::mmap(nullptr, sizeof(outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    return ::new (memory) outcome;
  }();
  return *shared;
}

std::size_t setting(const char* name, std::size_t otherwise) {
  const char* const text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

// A run that crashes still says where it was.
scheduler* crashing = nullptr;
void describe_crash(int signal) {
  if (crashing != nullptr) std::exchange(crashing, nullptr)->describe(::strsignal(signal));
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void watch_for_crashes(scheduler& run) {
  crashing = &run;
  ::signal(SIGABRT, describe_crash);
  ::signal(SIGALRM, describe_crash);
  ::alarm(30);  // no step for so long: the body waits for something outside of the schedule
  if (&__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback([] {
      if (crashing != nullptr) std::exchange(crashing, nullptr)->describe("the sanitizer ended the run");
    });
  } else {
    ::signal(SIGSEGV, describe_crash);
    ::signal(SIGBUS, describe_crash);
  }
}

// To hand over the baton is to wake one thread and to sleep: twenty times faster on one core than from core to core.
void stay_on_this_core() {
  ::cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(std::max(0, ::sched_getcpu())), &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

[[noreturn]] void run_here(std::uint64_t seed, std::uint64_t choices, const std::function<void()>& body,
                           outcome& result) {
  stay_on_this_core();
  report text(result.text);
  scheduler run(seed, choices, text, setting("WEFT_SCHEDULE_STEPS", 60));
  watch_for_crashes(run);
  run.run(body);
  result.choices = run.choices();
  if (::testing::Test::HasFailure()) run.fail("an expectation of the test does not hold (see above)");
  ::_exit(0);
}

std::string command_for(std::uint64_t seed) {
  std::array<char, 4096> path{};
  if (::readlink("/proc/self/exe", path.data(), path.size() - 1) < 0) path.front() = '\0';
  const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
  return "WEFT_SCHEDULE_SEED=" + std::to_string(seed) + " " + path.data() +
         " --gtest_filter=" + test->test_suite_name() + "." + test->name();
}

std::optional<failure> run_in_child(std::uint64_t seed, std::uint64_t choices, const std::function<void()>& body) {
  outcome& result = shared_outcome();
  result.text.front() = '\0';
  std::fflush(nullptr);
  const ::pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) run_here(seed, choices, body, result);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0) return std::nullopt;
  std::string text = result.text.data();
  if (text.empty()) text = "seed " + std::to_string(seed) + ": the run ended with status " + std::to_string(status);
  return failure{seed, std::move(text)};
}

// Seed 1 runs without knowing how long a run is.
std::optional<failure> first_run(const std::function<void()>& body) { return run_in_child(1, 64, body); }

std::uint64_t choices_of_last_run() { return std::max<std::uint64_t>(1, shared_outcome().choices); }

}  // namespace

std::optional<failure> run_seed(std::uint64_t seed, const std::function<void()>& body) {
  auto first = first_run(body);
  return first || seed == 1 ? first : run_in_child(seed, choices_of_last_run(), body);
}

std::optional<failure> find_failure(std::size_t runs, const std::function<void()>& body) {
  auto found = first_run(body);
  const std::uint64_t choices = choices_of_last_run();
  for (std::uint64_t seed = 2; seed <= runs && !found; ++seed) found = run_in_child(seed, choices, body);
  return found;
}

void explore(std::size_t runs, const std::function<void()>& body) {
  const std::uint64_t only = setting("WEFT_SCHEDULE_SEED", 0);
  const auto found = only != 0 ? run_seed(only, body) : find_failure(setting("WEFT_SCHEDULE_RUNS", runs), body);
  if (found) ADD_FAILURE() << found->text << "replay: " << command_for(found->seed);
}

}  // namespace weft::schedule
