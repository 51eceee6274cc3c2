#include "schedule/together.hpp"

#include <weft/base/error.hpp>
#include <weft/sync/mutex.hpp>

#include <gtest/gtest.h>

namespace {

using namespace weft;

// A critical section in which the scheduler may switch.
struct section {
  detail::atom<int> inside{0};
  int visits = 0;  // by whoever is inside

  void visit() {
    schedule::check(inside.fetch_add(1) == 0, "one at a time");
    ++visits;
    inside.fetch_sub(1);
  }
};

TEST(ScheduledMutex, OneAtATimeAndNoWakeUpIsLost) {
  schedule::explore(300, [] {
    mutex lock;
    section inner;
    const auto twice = [&] {
      for (int i = 0; i < 2; ++i) {
        const scoped_lock held(lock);
        inner.visit();
      }
    };
    schedule::together(twice, twice, twice);
    schedule::check(inner.visits == 6 && !lock.locked(), "everybody came and left");
  });
}

// A waiter whose time is over may leave "perhaps somebody sleeps" behind; it must not take the wake-up of another.
TEST(ScheduledMutex, ATimedWaiterLosesNobodyElsesWakeUp) {
  schedule::explore(300, [] {
    mutex lock;
    section inner;
    int taken = 1;
    lock.lock();
    schedule::together(
        [&] {
          if (!lock.try_lock_for(schedule::some_time())) return;
          inner.visit();
          ++taken;
          lock.unlock();
        },
        [&] {
          const scoped_lock held(lock);
          inner.visit();
          ++taken;
        },
        [&] {
          inner.visit();
          lock.unlock();
        });
    schedule::check(inner.visits == taken && !lock.locked(), "everybody who took it came and left");
  });
}

TEST(ScheduledMutex, TryLockTakesAFreeLockOnly) {
  schedule::explore(200, [] {
    mutex lock;
    section inner;
    detail::atom<int> taken{0};
    const auto look = [&] {
      if (!lock.try_lock()) return;
      inner.visit();
      taken.fetch_add(1);
      lock.unlock();
    };
    schedule::together(look, look, look);
    schedule::check(inner.visits == taken.load() && inner.visits >= 1, "at least one took it");
  });
}

// From unlock() on the lock is only an address: the next holder may destroy it.
TEST(ScheduledMutex, MayBeDestroyedByTheNextHolder) {
  schedule::explore(200, [] {
    auto lock = std::make_unique<mutex>();
    lock->lock();
    schedule::together([&, raw = lock.get()] { raw->unlock(); },
                       [&] {
                         lock->lock();
                         lock->unlock();
                         lock.reset();
                       });
  });
}

}  // namespace
