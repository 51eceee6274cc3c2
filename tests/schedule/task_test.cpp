// The one-word protocol of a task: ends, claims, cancels, links and references against each other.
#include "schedule/together.hpp"

#include <weft/base/error.hpp>
#include <weft/future/future.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

namespace {

using namespace weft;

// Counts the objects alive, and that none is destroyed twice.
class counted {
 public:
  explicit counted(int& alive) : alive_(&alive) { ++*alive_; }
  counted(const counted& other) : alive_(other.alive_) { ++*alive_; }
  counted(counted&& other) noexcept : alive_(other.alive_) { ++*alive_; }
  counted& operator=(const counted&) = delete;
  ~counted() { schedule::check(--*alive_ >= 0, "destroyed once"); }

 private:
  int* alive_;
};

// A call as an executor holds it: its keeper, and the future.
template <class F>
auto make_task(F call) {
  auto* const block = detail::make_call<detail::when_failed::keep_for_reader>(std::move(call));
  return std::pair(block, future<std::invoke_result_t<F>>::adopt(block));
}

TEST(ScheduledTask, FinishAgainstWaiters) {
  schedule::explore(500, [] {
    promise<int> source;
    const auto result = source.get_future();
    const auto read = [&] { schedule::check(result.result() == 7, "the value"); };
    schedule::together(read, read, [&] { source.set_value(7); });
  });
}

// TIM-5: a waiter whose time is over leaves without the value; those who stay get it.
TEST(ScheduledTask, TIM_5_FinishAgainstATimeout) {
  schedule::explore(500, [] {
    promise<int> source;
    const auto result = source.get_future();
    schedule::together(
        [&] {
          if (result.wait(schedule::some_time())) schedule::check(result.done() && result.result() == 7, "done");
        },
        [&] { schedule::check(result.result() == 7, "the value"); }, [&] { source.set_value(7); });
    schedule::check(result.result() == 7, "the value stays");
  });
}

// The first access after wait() may be the last: the handle goes while the producer still tells others.
TEST(ScheduledTask, AWaiterMayDropTheLastHandle) {
  schedule::explore(250, [] {
    int alive = 0;
    {
      promise<counted> source;
      auto result = source.get_future();
      schedule::together(
          [&, mine = std::move(result)]() mutable {
            mine.wait();
            mine = {};
          },
          [&, mine = std::move(source)]() mutable { mine.set_value(alive); });
    }
    schedule::check(alive == 0, "the value is destroyed");
  });
}

TEST(ScheduledTask, CancelAgainstClaimAgainstWait) {
  schedule::explore(500, [] {
    int alive = 0;
    {
      detail::atom<int> runs{0};
      auto [block, result] = make_task([&, held = counted(alive)] { return runs.fetch_add(1); });
      bool cancelled = false;
      schedule::together([&, item = block] { detail::run_as_worker(*item); },
                         [&, handle = result] { cancelled = handle.cancel(); },
                         [&, handle = result] {
                           handle.wait();
                           schedule::check(handle.done(), "done after the wait");
                         });
      schedule::check(runs.load() + (cancelled ? 1 : 0) == 1, "it ran or was cancelled");
      schedule::check(result.cancelled() == cancelled, "the future says the same");
    }
    schedule::check(alive == 0, "the callable is destroyed once");
  });
}

// The worker finds itself alone with the task because the handle that cancelled it has just gone.
TEST(ScheduledTask, ACancelWithTheLastHandleAgainstTheClaim) {
  schedule::explore(250, [] {
    detail::atom<int> runs{0};
    auto [block, result] = make_task([&] { runs.fetch_add(1); });
    bool cancelled = false;
    schedule::together([item = block] { detail::run_as_worker(*item); },
                       [&, handle = std::move(result)]() mutable {
                         cancelled = handle.cancel();
                         handle = {};
                       });
    schedule::check(runs.load() + (cancelled ? 1 : 0) == 1, "it ran or was cancelled");
  });
}

TEST(ScheduledTask, OfManyCancelsOneSucceeds) {
  schedule::explore(250, [] {
    auto [block, result] = make_task([] {});
    detail::atom<int> successes{0};
    const auto cancel = [&, handle = result] { successes.fetch_add(handle.cancel() ? 1 : 0); };
    schedule::together(cancel, cancel);
    schedule::check(successes.load() == 1 && result.cancelled(), "one cancelled it");
    detail::run_as_worker(*block);
  });
}

// CBK-4: whichever comes first, a callback is called exactly once, after the end.
TEST(ScheduledTask, CBK_4_CallbacksRunOnceEach) {
  schedule::explore(600, [] {
    promise<int> source;
    const auto result = source.get_future();
    detail::atom<int> first_called{0};
    detail::atom<int> second_called{0};
    const auto add = [&](detail::atom<int>& called) {
      return [&] {
        result.add_done_callback([&](const future<int>& ended) {
          schedule::check(ended.done(), "done when called");
          called.fetch_add(1);
        });
      };
    };
    schedule::together(add(first_called), add(second_called), [&] { source.set_value(1); });
    schedule::check(first_called.load() == 1 && second_called.load() == 1, "once each");
  });
}

TEST(ScheduledTask, CallbacksOfOneThreadKeepTheirOrder) {
  schedule::explore(250, [] {
    promise<int> source;
    const auto result = source.get_future();
    detail::atom<int> called{0};
    schedule::together(
        [&] {
          for (int i = 0; i < 3; ++i) {
            result.add_done_callback([&, i](const future<int>&) {
              // A callback that comes after the end runs at once, perhaps beside the earlier ones.
              if (called.fetch_add(1) != i) schedule::check(result.done(), "in order before the end");
            });
          }
        },
        [&] { source.set_value(1); });
    schedule::check(called.load() == 3, "all three");
  });
}

TEST(ScheduledTask, CallbacksAgainstCancel) {
  schedule::explore(250, [] {
    auto [block, result] = make_task([] {});
    detail::atom<int> called{0};
    schedule::together(
        [&, handle = result] { handle.cancel(); }, [&, item = block] { detail::run_as_worker(*item); },
        [&, handle = result] { handle.add_done_callback([&](const future<void>&) { called.fetch_add(1); }); });
    schedule::check(called.load() == 1, "once");
  });
}

// The last handles and the executor let go at the same time: the value is destroyed exactly once.
TEST(ScheduledTask, TheLastHandleAgainstTheLastKeeper) {
  schedule::explore(500, [] {
    int alive = 0;
    {
      auto [block, result] = make_task([&] { return counted(alive); });
      schedule::together([&, item = block] { detail::run_as_worker(*item); },
                         [&, handle = result]() mutable { handle = {}; },
                         [&, handle = std::move(result)]() mutable { handle = {}; });
    }
    schedule::check(alive == 0, "nothing is left");
  });
}

// The value is moved out by the last handle, or copied while there is another; never gone, never doubled.
TEST(ScheduledTask, TheValueIsMovedOutByTheLastHandleOnly) {
  schedule::explore(250, [] {
    auto [block, result] = make_task([] { return std::string("a value too long to be stored in place"); });
    const auto take = [](future<std::string> handle) {
      return [mine = std::move(handle)]() mutable {
        schedule::check(std::move(mine).result() == "a value too long to be stored in place", "the value");
      };
    };
    auto copy = result;
    schedule::together(take(std::move(copy)), take(std::move(result)),
                       [item = block] { detail::run_as_worker(*item); });
  });
}

TEST(ScheduledTask, ALostErrorIsReportedOnce) {
  schedule::explore(250, [] {
    detail::atom<int> reported{0};
    detail::atom<bool> looked{false};
    set_error_hook([&](const lost_error&) { reported.fetch_add(1); });
    {
      auto [block, result] = make_task([]() -> int { throw std::runtime_error("lost"); });
      schedule::together([item = block] { detail::run_as_worker(*item); },
                         [&, handle = result]() mutable { handle = {}; },
                         [&, handle = std::move(result)]() mutable {
                           if (handle.done()) looked.store(handle.exception() != nullptr);
                           handle = {};
                         });
    }
    schedule::check(reported.load() == (looked.load() ? 0 : 1), "reported if nobody looked");
    set_error_hook({});
  });
}

TEST(ScheduledTask, AnAbandonedPromiseEndsAllWaits) {
  schedule::explore(250, [] {
    promise<int> source;
    const auto result = source.get_future();
    schedule::together([&] { schedule::check(result.exception() != nullptr, "broken"); },
                       [&, mine = std::move(source)]() mutable { const promise<int> gone = std::move(mine); });
  });
}

}  // namespace
