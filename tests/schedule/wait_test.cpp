// Waiting for many: the links of wait() and as_completed() against ends, cancels and deadlines.
#include "schedule/together.hpp"

#include <weft/base/error.hpp>
#include <weft/future/as_completed.hpp>
#include <weft/future/wait.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

namespace {

using namespace weft;

struct sources {
  promise<int> first;
  promise<int> second;
  std::vector<future<int>> results{first.get_future(), second.get_future()};
};

TEST(ScheduledWait, AllCompletedEndsWithTheLast) {
  schedule::explore(500, [] {
    sources given;
    schedule::together([&] { given.first.set_value(1); }, [&] { given.second.set_value(2); },
                       [&] { schedule::check(wait(given.results).not_done.empty(), "all are done"); });
  });
}

TEST(ScheduledWait, FirstCompletedEndsWithTheFirst) {
  schedule::explore(500, [] {
    sources given;
    detail::os_thread producer([&] { given.second.set_value(2); });
    const auto looked = wait(given.results, {.return_when = return_when::first_completed});
    schedule::check(looked.done.size() == 1 && looked.done.front() == given.results.back(), "the second is done");
    given.first.set_value(1);
    producer.join();
  });
}

TEST(ScheduledWait, FirstExceptionEndsWithAFailure) {
  schedule::explore(500, [] {
    sources given;
    detail::atom<bool> told{false};
    schedule::together([&] { given.first.set_exception(std::make_exception_ptr(std::runtime_error("failed"))); },
                       [&] {
                         // Only after the wait has ended: a failure ends it, not the second value.
                         while (!told.load()) detail::spin_pause(0);
                         given.second.set_value(2);
                       },
                       [&] {
                         const auto looked = wait(given.results, {.return_when = return_when::first_exception});
                         schedule::check(looked.done.size() == 1, "the failed one");
                         told.store(true);
                       });
    schedule::check(given.results.front().exception() != nullptr, "seen");
  });
}

// The waiter's links stand on its stack: none may be left behind, none may be told twice.
TEST(ScheduledWait, ATimedWaitTakesItsLinksBack) {
  schedule::explore(500, [] {
    sources given;
    const auto look = [&] {
      const auto looked = wait(given.results, {.timeout = std::chrono::hours(24)});
      for (const auto& each : looked.done) schedule::check(each.done(), "done");
    };
    schedule::together([&] { given.first.set_value(1); }, [&] { given.second.set_value(2); }, look, look);
    schedule::check(wait(given.results).done.size() == 2, "both end");
  });
}

TEST(ScheduledWait, ACancelEndsAWait) {
  schedule::explore(250, [] {
    sources given;
    schedule::together([&] { given.results.front().cancel(); }, [&] { given.second.set_value(2); },
                       [&, all = given.results] { schedule::check(wait(all).not_done.empty(), "all are done"); });
  });
}

TEST(ScheduledAsCompleted, TellsEachOnce) {
  schedule::explore(500, [] {
    sources given;
    schedule::together([&] { given.first.set_value(1); }, [&] { given.second.set_value(2); },
                       [&, all = given.results] {
                         int sum = 0;
                         int count = 0;
                         for (const auto& each : as_completed(all)) {
                           schedule::check(each.done(), "done when told");
                           sum += each.result();
                           ++count;
                         }
                         schedule::check(count == 2 && sum == 3, "each once");
                       });
  });
}

TEST(ScheduledAsCompleted, ATimeoutOrAnEarlyEndLeavesNothingBehind) {
  schedule::explore(500, [] {
    sources given;
    schedule::together([&] { given.first.set_value(1); }, [&] { given.second.set_value(2); },
                       [&, all = given.results] {
                         try {
                           for (const auto& each : as_completed(all, schedule::some_time())) {
                             schedule::check(each.done(), "done when told");
                             break;
                           }
                         } catch (const timeout_error&) {
                         }
                       });
  });
}

// One future, two iterations and a callback: three links in one list.
TEST(ScheduledAsCompleted, ManyWaitForOne) {
  schedule::explore(250, [] {
    sources given;
    detail::atom<int> called{0};
    const auto iterate = [&, all = given.results] {
      std::size_t count = 0;
      for (const auto& each : as_completed(all)) count += each.done() ? 1U : 0U;
      schedule::check(count == 2, "both");
    };
    schedule::together(
        iterate, iterate, [&] { given.results.front().add_done_callback([&](const auto&) { called.fetch_add(1); }); },
        [&] {
          given.first.set_value(1);
          given.second.set_value(2);
        });
    schedule::check(called.load() == 1, "called once");
  });
}

}  // namespace
