#include "schedule/together.hpp"

#include <weft/sync/semaphore.hpp>

#include <gtest/gtest.h>

namespace {

using namespace weft;

TEST(ScheduledSemaphore, NeverMoreInsideThanPermits) {
  schedule::explore(250, [] {
    semaphore permits(2);
    detail::atom<int> inside{0};
    const auto visit = [&] {
      permits.acquire();
      schedule::check(inside.fetch_add(1) < 2, "at most two");
      inside.fetch_sub(1);
      permits.release();
    };
    schedule::together(visit, visit, visit, visit);
    schedule::check(permits.value() == 2, "all permits are back");
  });
}

// A permit that is handed to a waiter whose time is over at that moment is neither lost nor doubled.
TEST(ScheduledSemaphore, AReleaseAgainstATimeout) {
  schedule::explore(500, [] {
    semaphore permits(0);
    std::size_t taken = 0;
    detail::os_thread timed([&] { taken += permits.acquire(schedule::some_time()) ? 1U : 0U; });
    detail::os_thread releaser([&] { permits.release(2); });
    permits.acquire();
    timed.join();
    releaser.join();
    schedule::check(permits.value() + taken == 1, "one permit is left or taken by the timed waiter");
  });
}

}  // namespace
