// The scheduler itself: what is wrong is found, what is right is not blamed, and a seed repeats a run.
#include "schedule/together.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <memory>
#include <set>

namespace {

using namespace weft;
using testing::HasSubstr;

// An event whose waiter does not look again after it has said that it waits: what is set in between wakes nobody.
template <bool LooksAgain>
class little_event {
 public:
  void set() {
    happened_.store(true);
    if (waits_.exchange(0) != 0) detail::unpark_all(&waits_);
  }
  void wait() {
    while (!happened_.load()) {
      waits_.store(1);
      if (LooksAgain && happened_.load()) return;
      detail::park(waits_, 1);
    }
  }

 private:
  detail::atom<bool> happened_{false};
  detail::futex_word waits_{0};
};

template <bool LooksAgain>
void set_and_wait() {
  little_event<LooksAgain> event;
  schedule::together([&] { event.set(); }, [&] { event.wait(); });
}

TEST(Scheduler, ASeededDefectIsFoundAndReplayed) {
  const auto found = schedule::find_failure(1000, set_and_wait<false>);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->text, HasSubstr("a wake-up was lost"));
  const auto again = schedule::run_seed(found->seed, set_and_wait<false>);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->text, found->text);
}

TEST(Scheduler, TheSameWithoutTheDefectPasses) { schedule::explore(200, set_and_wait<true>); }

TEST(Scheduler, TwoAtOnceAreFound) {
  const auto found = schedule::find_failure(200, [] {
    detail::atom<bool> taken{false};
    detail::atom<int> inside{0};
    const auto enter = [&] {
      while (taken.load()) detail::spin_pause(0);
      taken.store(true);  // somebody else may have done so since
      schedule::check(inside.fetch_add(1) == 0, "one at a time");
      inside.fetch_sub(1);
      taken.store(false);
    };
    schedule::together(enter, enter);
  });
  ASSERT_TRUE(found);
  EXPECT_THAT(found->text, HasSubstr("one at a time"));
}

TEST(Scheduler, ASpinWithoutEndIsFound) {
  const auto found = schedule::find_failure(1, [] {
    const detail::atom<bool> never{false};
    while (!never.load()) detail::spin_pause(0);
  });
  ASSERT_TRUE(found);
  EXPECT_THAT(found->text, HasSubstr("no end"));
}

// The waker touches the word after the waiter, whom it has let go, has destroyed it.
TEST(Scheduler, AWordThatIsUsedAfterItsEndIsFound) {
  const auto found = schedule::find_failure(200, [] {
    auto word = std::make_unique<detail::futex_word>(0);
    schedule::together(
        [raw = word.get()] {
          raw->store(1);
          raw->store(2);
        },
        [&] {
          while (word->load() == 0) detail::spin_pause(0);
          word.reset();
        });
  });
  ASSERT_TRUE(found);
  EXPECT_THAT(found->text, HasSubstr("after its destruction"));
}

TEST(Scheduler, ACrashIsToldWithItsSeedAndItsSteps) {
  const auto found = schedule::find_failure(1, [] {
    detail::atom<int> value{1};
    value.store(2);
    std::abort();
  });
  ASSERT_TRUE(found);
  EXPECT_THAT(found->text, HasSubstr("seed 1 "));
  EXPECT_THAT(found->text, HasSubstr("store"));
}

// A thread_local of a worker may use the library when the thread ends; join() waits for that.
TEST(Scheduler, AThreadEndsAfterItsThreadLocalObjects) {
  schedule::explore(100, [] {
    static detail::atom<int> destroyed{0};
    struct counted {
      ~counted() { destroyed.fetch_add(1); }
      int touched = 0;
    };
    schedule::together(
        [] {
          static thread_local counted local;
          local.touched = 1;
        },
        [] { destroyed.load(); });
    schedule::check(destroyed.load() == 1, "destroyed before the join returned");
  });
}

// What a sleep under a deadline ended with, while another thread makes steps and wakes nobody; or wakes it.
detail::park_result sleep_beside(bool waker) {
  detail::futex_word word{0};
  auto result = detail::park_result::woken;
  schedule::together([&] { result = detail::park(word, 0, schedule::some_time()); },
                     [&] {
                       for (int i = 0; i < 20; ++i) word.load();
                       if (waker) detail::unpark_all(&word);
                     });
  return result;
}

TEST(Scheduler, TIM_6_ASleeperMayWakeForNothing) {
  EXPECT_TRUE(schedule::find_failure(
      200, [] { schedule::check(sleep_beside(false) == detail::park_result::timed_out, "woken by nobody"); }));
}

TEST(Scheduler, ADeadlineMayPassWhileOthersRun) {
  EXPECT_TRUE(schedule::find_failure(
      200, [] { schedule::check(sleep_beside(true) == detail::park_result::woken, "late before the wake-up"); }));
}

// Every order of two threads with three steps each is met: 20 of them.
TEST(Scheduler, AllOrdersOfAFewStepsAreMet) {
  constexpr int orders = 20;
  std::set<std::uint64_t> missing;
  for (std::uint64_t order = 0; order < 64; ++order) {
    if (__builtin_popcountll(order) == 3) missing.insert(order);
  }
  ASSERT_EQ(missing.size(), orders);
  std::erase_if(missing, [](std::uint64_t wanted) {
    return schedule::find_failure(2000,
                                  [wanted] {
                                    detail::atom<std::uint64_t> order{0};
                                    const auto thrice = [&](std::uint64_t bit) {
                                      for (int i = 0; i < 3; ++i) {
                                        std::uint64_t seen = order.load();
                                        while (!order.compare_exchange_strong(seen, seen << 1 | bit)) {
                                        }
                                      }
                                    };
                                    schedule::together([&] { thrice(0); }, [&] { thrice(1); });
                                    schedule::check(order.load() != wanted, "another order");
                                  })
        .has_value();
  });
  EXPECT_TRUE(missing.empty()) << missing.size() << " orders were not met";
}

}  // namespace
