// What the tests of interleavings have in common.
#pragma once

#include "schedule/explore.hpp"
#include "schedule/step.hpp"

#include <weft/base/deadline.hpp>
#include <weft/base/detail/atom.hpp>
#include <weft/base/detail/os_thread.hpp>
#include <weft/base/parking.hpp>

#include <chrono>

namespace weft::schedule {

/// A deadline that the scheduler lets pass when it likes, for no clock gets there.
inline deadline some_time() { return std::chrono::hours(24); }

/// Runs each of the callables in a thread of its own and waits for all.
template <class... Bodies>
void together(Bodies&&... bodies) {
  detail::os_thread threads[] = {detail::os_thread(std::forward<Bodies>(bodies))...};
  for (auto& each : threads) each.join();
}

/// Spins until the thread sleeps.
inline void until_asleep(detail::os_thread& thread) {
  for (unsigned round = 0; !thread.asleep(); ++round) detail::spin_pause(round);
}

}  // namespace weft::schedule
