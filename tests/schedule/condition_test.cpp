#include "schedule/together.hpp"

#include <weft/sync/condition.hpp>

#include <gtest/gtest.h>

namespace {

using namespace weft;

// One notify(1), a timed waiter and an untimed one. Who is told takes the item; the timed one leaves without a look if
// it was not told. Would it swallow the wake-up, the other would sleep next to the item.
TEST(ScheduledCondition, RAC_6_ATimedOutWaiterSwallowsNoWakeUp) {
  schedule::explore(500, [] {
    mutex lock;
    condition changed(lock);
    int items = 0;
    int taken = 0;
    bool closed = false;
    const auto produce = [&] {
      const scoped_lock held(lock);
      ++items;
      changed.notify();
    };
    detail::os_thread timed([&] {
      const scoped_lock held(lock);
      if (!changed.wait(schedule::some_time())) return;
      if (items == 0) return;  // told that it is closed
      --items;
      ++taken;
    });
    detail::os_thread untimed([&] {
      const scoped_lock held(lock);
      while (items == 0 && !closed) changed.wait();
      taken += std::exchange(items, 0);
    });
    produce();
    timed.join();
    {
      // If the timed waiter was told, it has the item, and nobody has told the other.
      const scoped_lock held(lock);
      if (taken == 1) {
        closed = true;
        changed.notify_all();
      }
    }
    untimed.join();
    schedule::check(taken == 1 && items == 0, "the item was taken once");
  });
}

TEST(ScheduledCondition, NotifyAllWakesAllWhoWait) {
  schedule::explore(250, [] {
    mutex lock;
    condition changed(lock);
    bool go = false;
    const auto wait = [&] {
      const scoped_lock held(lock);
      schedule::check(changed.wait_for([&] { return go; }), "without a deadline it only ends when it holds");
      schedule::check(lock.locked(), "with the lock");
    };
    schedule::together(wait, wait, [&] {
      const scoped_lock held(lock);
      go = true;
      changed.notify_all();
    });
  });
}

// TIM-6: a waiter whom nobody tells does not return.
TEST(ScheduledCondition, TIM_6_NoReturnForNothing) {
  schedule::explore(250, [] {
    mutex lock;
    condition changed(lock);
    bool told = false;
    detail::os_thread waiter([&] {
      const scoped_lock held(lock);
      changed.wait();
      schedule::check(told, "told before it returns");
    });
    schedule::until_asleep(waiter);
    for (int i = 0; i < 10; ++i) static_cast<void>(lock.locked());  // steps at which it may be disturbed
    {
      const scoped_lock held(lock);
      told = true;
      changed.notify_all();
    }
    // It may have slept for the lock, not yet for the condition.
    while (waiter.joinable()) {
      {
        const scoped_lock held(lock);
        changed.notify_all();
      }
      if (!waiter.asleep()) waiter.join();
    }
  });
}

}  // namespace
