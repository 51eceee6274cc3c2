#include "schedule/together.hpp"

#include <weft/sync/event.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace {

using namespace weft;

// A set() wakes all who sleep, even if a clear() follows at once.
TEST(ScheduledEvent, SetThenClearWakesAll) {
  schedule::explore(250, [] {
    event flag;
    const auto wait = [&] { schedule::check(flag.wait(), "it was set"); };
    detail::os_thread first(wait);
    detail::os_thread second(wait);
    schedule::until_asleep(first);
    schedule::until_asleep(second);
    flag.set();
    flag.clear();
    first.join();
    second.join();
    schedule::check(!flag.is_set(), "cleared");
  });
}

TEST(ScheduledEvent, SetReachesWhoeverComes) {
  schedule::explore(250, [] {
    event flag;
    int written = 0;
    const auto wait = [&] {
      flag.wait();
      schedule::check(written == 1, "what came before set() is visible");
    };
    schedule::together(wait, wait, [&] {
      written = 1;
      flag.set();
    });
  });
}

// Two set() at once, a waiter that gives up, one that does not.
TEST(ScheduledEvent, ATimedWaiterTellsTheTruth) {
  schedule::explore(250, [] {
    event flag;
    schedule::together([&] { flag.set(); }, [&] { flag.set(); }, [&] { flag.wait(); },
                       [&] {
                         if (flag.wait(schedule::some_time())) schedule::check(flag.is_set(), "set when it says so");
                       });
  });
}

TEST(ScheduledEvent, MayBeDestroyedByAWaiter) {
  schedule::explore(200, [] {
    auto flag = std::make_unique<event>();
    schedule::together([raw = flag.get()] { raw->set(); },
                       [&] {
                         flag->wait();
                         flag.reset();
                       });
  });
}

}  // namespace
