// Runs the body of a test under many seeds, each in a process of its own, so that a seed is a whole run: whatever a
// run leaves behind, a crash included, is gone with its process.
//
// WEFT_SCHEDULE_SEED   runs this seed only (what a failure tells)
// WEFT_SCHEDULE_RUNS   how many seeds, in place of what the test says
// WEFT_SCHEDULE_STEPS  how many of its last steps a failing run shows
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace weft::schedule {

struct failure {
  std::uint64_t seed = 0;
  std::string text;
};

/// **Blocks** until the run of this seed has ended; nothing if it went well. Runs seed 1 before, which tells the others
/// how long a run is.
std::optional<failure> run_seed(std::uint64_t seed, const std::function<void()>& body);

/// The first of the seeds 1 to `runs` that fails.
std::optional<failure> find_failure(std::size_t runs, const std::function<void()>& body);

/// A test: fails with the report of the first failing seed and the command that repeats it. The body starts threads as
/// detail::os_thread, says what it expects with check(), and waits for nothing outside of the schedule.
void explore(std::size_t runs, const std::function<void()>& body);

}  // namespace weft::schedule
