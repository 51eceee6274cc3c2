// What every executor promises, as one suite over the concept: instantiated for threads and for processes.
// Tasks are plain functions and captureless lambdas, and everything they need is an argument, so that each test is
// the same for an executor that crosses a process boundary. Test names carry the ids of the conformance list.
//
// A `Traits` type gives: `using executor_type`, `static std::unique_ptr<executor_type> make(std::size_t workers)`.
#pragma once

#include "support/gate.hpp"

#include <weft/base/error.hpp>
#include <weft/future/as_completed.hpp>
#include <weft/future/executor.hpp>
#include <weft/future/map.hpp>
#include <weft/future/wait.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <numeric>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace weft::test {

using namespace std::chrono_literals;

inline constexpr auto plenty = 30s;  // a hang is a failure long before the test's own limit

inline int square(int x) { return x * x; }
inline int add(int a, int b) { return a + b; }
inline int add3(int a, int b, int c) { return a + b + c; }
inline int throw_if_odd(int x) {
  if (x % 2 == 1) throw std::invalid_argument("odd: " + std::to_string(x));
  return x;
}
inline void nothing() {}
inline int throw_timeout_error(int) { throw timeout_error("thrown by the task"); }
inline int throw_cancelled_error() { throw cancelled_error("thrown by the task"); }

template <class Traits>
class ExecutorContract : public ::testing::Test {
 protected:
  using executor_type = typename Traits::executor_type;
  static std::unique_ptr<executor_type> make(std::size_t workers = 2) { return Traits::make(workers); }

  /// Fills every worker with a task at the gate.
  static std::vector<future<int>> occupy(executor_type& pool, gate& g, std::size_t workers) {
    std::vector<future<int>> busy;
    for (std::size_t i = 0; i < workers; ++i) busy.push_back(pool.submit(pass, g.path(), 0));
    EXPECT_TRUE(g.wait_for_arrivals(workers));
    return busy;
  }
};

TYPED_TEST_SUITE_P(ExecutorContract);

TYPED_TEST_P(ExecutorContract, SUB_1_SubmitReturnsAFutureOfTheCall) {
  auto pool = this->make();
  EXPECT_EQ(pool->submit(add, 2, 3).result(plenty), 5);
  EXPECT_EQ(pool->submit([](std::string s) { return s + "!"; }, "hello").result(plenty), "hello!");
}

TYPED_TEST_P(ExecutorContract, SUB_2_AWorkerSurvivesATaskThatThrows) {
  auto pool = this->make(1);
  EXPECT_THROW(pool->submit(throw_if_odd, 1).result(plenty), std::invalid_argument);
  EXPECT_EQ(pool->submit(throw_if_odd, 2).result(plenty), 2);
}

TYPED_TEST_P(ExecutorContract, SUB_7_ADiscardedFutureStillRuns) {
  auto pool = this->make(1);
  gate g;
  static_cast<void>(pool->submit(pass, g.path(), 1));
  EXPECT_TRUE(g.wait_for_arrivals());
  g.open();
}

TYPED_TEST_P(ExecutorContract, SUB_8_ACancelledTaskNeverRunsAndLaterOnesDo) {
  auto pool = this->make(1);
  gate busy;
  gate never;
  auto first = this->occupy(*pool, busy, 1);
  // A process pool may have one more task under way to its worker: that one can no longer be cancelled.
  auto spare = pool->submit(square, 2);
  auto queued = pool->submit(pass, never.path(), 1);
  auto later = pool->submit(square, 3);
  EXPECT_TRUE(queued.cancel());
  EXPECT_TRUE(queued.cancelled());
  busy.open();
  EXPECT_EQ(later.result(plenty), 9);
  EXPECT_EQ(spare.result(plenty), 4);
  EXPECT_EQ(never.arrivals(), 0U);
}

TYPED_TEST_P(ExecutorContract, SUB_9_TwoWorkersReallyRunAtTheSameTime) {
  auto pool = this->make(2);
  gate a;
  auto one = pool->submit(pass, a.path(), 1);
  auto two = pool->submit(pass, a.path(), 2);
  EXPECT_TRUE(a.wait_for_arrivals(2));
  a.open();
  EXPECT_EQ(one.result(plenty) + two.result(plenty), 3);
}

TYPED_TEST_P(ExecutorContract, FUT_3_AFinishedFutureCannotBeCancelled) {
  auto pool = this->make();
  auto f = pool->submit(square, 4);
  EXPECT_EQ(f.result(plenty), 16);
  EXPECT_FALSE(f.cancel());
  EXPECT_EQ(f.result(), 16);
}

TYPED_TEST_P(ExecutorContract, FUT_4_StatesWhileRunningAndDone) {
  auto pool = this->make(1);
  gate g;
  auto f = this->occupy(*pool, g, 1).front();
  EXPECT_TRUE(f.running());
  EXPECT_FALSE(f.done());
  EXPECT_FALSE(f.cancel());
  g.open();
  EXPECT_EQ(f.result(plenty), 0);
  EXPECT_FALSE(f.running());
  EXPECT_TRUE(f.done());
  EXPECT_FALSE(f.cancelled());
}

TYPED_TEST_P(ExecutorContract, FUT_6_ResultThrowsTheOriginalTypeAndMessage) {
  auto pool = this->make();
  auto f = pool->submit(throw_if_odd, 7);
  try {
    f.result(plenty);
    FAIL() << "nothing was thrown";
  } catch (const std::invalid_argument& e) {
    EXPECT_STREQ(e.what(), "odd: 7");
  }
}

TYPED_TEST_P(ExecutorContract, VAL_1_VoidTasks) {
  auto pool = this->make();
  auto f = pool->submit(nothing);
  f.result(plenty);
  EXPECT_EQ(f.exception(), nullptr);
}

TYPED_TEST_P(ExecutorContract, EXC_2_ATaskThatThrowsCancelledErrorHasFailedAndIsNotCancelled) {
  auto pool = this->make();
  auto f = pool->submit(throw_cancelled_error);
  EXPECT_THROW(f.result(plenty), cancelled_error);
  EXPECT_FALSE(f.cancelled());
  EXPECT_NE(f.exception(), nullptr);
}

TYPED_TEST_P(ExecutorContract, EXC_3_ATasksOwnTimeoutErrorIsToldFromAWaitThatEnded) {
  auto pool = this->make(1);
  auto f = pool->submit(throw_timeout_error, 1);
  EXPECT_THROW(f.result(plenty), timeout_error);
  EXPECT_TRUE(f.done());
  gate g;
  auto slow = pool->submit(pass, g.path(), 1);
  EXPECT_THROW(slow.result(5ms), timeout_error);
  EXPECT_FALSE(slow.done());
  g.open();
}

TYPED_TEST_P(ExecutorContract, CBK_1_ACallbackSubmitsTheNextLink) {
  auto pool = this->make();
  std::atomic<int> left{60};
  std::latch all(60);
  std::function<void()> next = [&] {
    pool->submit(square, left.load()).add_done_callback([&](const future<int>&) {
      if (left.fetch_sub(1) > 1) next();
      all.count_down();
    });
  };
  next();
  all.wait();
  EXPECT_EQ(left.load(), 0);
}

TYPED_TEST_P(ExecutorContract, MAP_1_ResultsComeInInputOrder) {
  auto pool = this->make();
  const std::vector<int> a{1, 2, 3, 4};
  const std::vector<int> b{10, 20, 30, 40, 50};
  std::vector<int> results;
  for (int r : pool->map(add, a, b, {.timeout = plenty})) results.push_back(r);
  EXPECT_EQ(results, (std::vector{11, 22, 33, 44}));
  results.clear();
  for (int r : pool->map(add3, a, b, std::vector{100, 100}, {.timeout = plenty, .chunk = 2})) results.push_back(r);
  EXPECT_EQ(results, (std::vector{111, 122}));
}

TYPED_TEST_P(ExecutorContract, MAP_2_AnUnusedMapMakesAllItsCalls) {
  auto pool = this->make();
  gate g;
  g.open();
  {
    auto unused = pool->map(pass, std::vector<std::string>(5, g.path()), std::vector{1, 2, 3, 4, 5}, {.chunk = 1});
  }
  pool->shutdown(wait_for::tasks);
  EXPECT_EQ(g.arrivals(), 5U);
}

TYPED_TEST_P(ExecutorContract, MAP_3_MAP_4_AnItemsErrorIsThrownInItsPlaceAndTheRestFollows) {
  for (const std::ptrdiff_t chunk : {1, 3}) {
    auto pool = this->make();
    const std::vector<int> items{0, 2, 3, 4, 5, 6};
    auto results = pool->map(throw_if_odd, items, {.timeout = plenty, .chunk = chunk});
    std::string seen;
    for (auto it = results.begin(); it != results.end(); ++it) {
      try {
        seen += std::to_string(*it);
      } catch (const std::invalid_argument&) {
        seen += "x";
      }
    }
    EXPECT_EQ(seen, "02x4x6") << "chunk " << chunk;
  }
}

TYPED_TEST_P(ExecutorContract, MAP_5_TheTimeoutIsOneBudgetForAll) {
  auto pool = this->make(1);
  gate g;
  auto results =
      pool->map(pass, std::vector<std::string>(3, g.path()), std::vector{1, 2, 3}, {.timeout = 20ms, .chunk = 1});
  const auto start = std::chrono::steady_clock::now();
  auto it = results.begin();
  EXPECT_THROW(static_cast<void>(*it), timeout_error);
  ++it;
  EXPECT_THROW(static_cast<void>(*it), timeout_error);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  g.open();
}

TYPED_TEST_P(ExecutorContract, MAP_6_DroppingAPartlyUsedMapCancelsWhatHasNotStarted) {
  auto pool = this->make(1);
  gate first;
  gate second;
  first.open();
  {
    std::vector<std::string> paths(20, second.path());
    paths.front() = first.path();
    auto results = pool->map(pass, paths, std::vector<int>(20, 7), {.timeout = plenty, .chunk = 1});
    auto it = results.begin();
    EXPECT_EQ(*it, 7);
  }
  second.open();
  pool->shutdown(wait_for::tasks);
  EXPECT_LE(second.arrivals(), 2U);  // what had started, or was on its way to a worker
}

TYPED_TEST_P(ExecutorContract, MAP_7_AnItemsTimeoutErrorIsItsOwn) {
  auto pool = this->make();
  auto results = pool->map(throw_timeout_error, std::vector{1}, {.timeout = plenty});
  auto it = results.begin();
  try {
    static_cast<void>(*it);
    FAIL() << "nothing was thrown";
  } catch (const timeout_error& e) {
    EXPECT_STREQ(e.what(), "thrown by the task");
  }
}

TYPED_TEST_P(ExecutorContract, MAP_8_AChunkThatIsNotPositiveIsRefused) {
  auto pool = this->make();
  EXPECT_THROW(pool->map(square, std::vector{1}, {.chunk = 0}), invalid_argument);
  EXPECT_THROW(pool->map(square, std::vector{1}, {.chunk = -1}), invalid_argument);
}

TYPED_TEST_P(ExecutorContract, MAP_9_EmptyInputEndsAtOnce) {
  auto pool = this->make();
  auto results = pool->map(square, std::vector<int>{});
  EXPECT_EQ(results.begin(), results.end());
}

TYPED_TEST_P(ExecutorContract, MAP_10_ABufferBoundsWhatIsDrawn) {
  auto pool = this->make();
  int drawn = 0;
  const std::vector<int> items{1, 2, 3, 4};
  auto counted = items | std::views::transform([&drawn](int x) {
                   ++drawn;
                   return x;
                 });
  auto results = pool->map(square, counted, {.chunk = 1, .buffer = 2});
  pool->shutdown(wait_for::tasks);
  EXPECT_EQ(drawn, 2);
}

TYPED_TEST_P(ExecutorContract, MAP_11_ShutdownDuringABufferedMapYieldsTheBufferedThenThrows) {
  auto pool = this->make();
  auto results = pool->map(square, std::vector{1, 2, 3, 4}, {.timeout = plenty, .chunk = 1, .buffer = 2});
  pool->shutdown(wait_for::tasks);
  auto it = results.begin();
  EXPECT_EQ(*it, 1);
  ++it;
  EXPECT_EQ(*it, 4);
  ++it;
  ASSERT_NE(it, results.end());
  EXPECT_THROW(static_cast<void>(*it), shutdown_error);
  ++it;
  EXPECT_EQ(it, results.end());
}

TYPED_TEST_P(ExecutorContract, MAP_12_AnEndlessInputKeepsABoundedWindow) {
  auto pool = this->make();
  std::size_t drawn = 0;
  auto endless = std::views::iota(0) | std::views::transform([&drawn](int x) {
                   ++drawn;
                   return x;
                 });
  std::size_t consumed = 0;
  for (int r : pool->map(square, endless, {.timeout = plenty, .chunk = 1, .buffer = 3})) {
    EXPECT_EQ(r, static_cast<int>(consumed * consumed));
    EXPECT_LE(drawn, consumed + 3);
    if (++consumed == 100) break;
  }
}

TYPED_TEST_P(ExecutorContract, MAP_13_AnInputThatThrowsReachesTheCaller) {
  auto pool = this->make();
  const std::vector<int> items{1, 2, 3};
  auto failing = items | std::views::transform([](int x) {
                   if (x == 2) throw std::runtime_error("input");
                   return x;
                 });
  EXPECT_THROW(pool->map(square, failing, {.chunk = 1}), std::runtime_error);
  pool->shutdown(wait_for::tasks);
}

TYPED_TEST_P(ExecutorContract, MAP_14_AShutDownExecutorRefusesMap) {
  auto pool = this->make();
  pool->shutdown();
  EXPECT_THROW(pool->map(square, std::vector{1, 2}), shutdown_error);
}

TYPED_TEST_P(ExecutorContract, ASC_1_EveryFutureIsYieldedOnceWhateverItsOutcome) {
  auto pool = this->make(1);
  gate g;
  auto busy = this->occupy(*pool, g, 1);
  static_cast<void>(pool->submit(square, 0));
  auto failed = pool->submit(throw_if_odd, 1);
  auto cancelled = pool->submit(square, 2);
  auto good = pool->submit(square, 3);
  ASSERT_TRUE(cancelled.cancel());
  std::vector<future<int>> seen;
  for (auto& f : as_completed(std::vector{busy.front(), failed, cancelled, good, good}, plenty)) {
    seen.push_back(f);
    g.open();  // only now, so that the cancelled one is the only one that is done when the iteration begins
  }
  EXPECT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen.front(), cancelled);
  EXPECT_NE(failed.exception(), nullptr);
}

TYPED_TEST_P(ExecutorContract, ASC_2_ASC_4_DoneOnesComeBeforeATimeoutThatCounts) {
  auto pool = this->make(1);
  auto done = pool->submit(square, 3);
  done.wait(plenty);
  gate g;
  auto busy = this->occupy(*pool, g, 1);
  const std::vector<future<int>> all{busy.front(), done, pool->submit(square, 4)};
  auto range = as_completed(all, 0s);
  auto it = range.begin();
  EXPECT_EQ(*it, done);
  try {
    ++it;
    FAIL() << "no timeout";
  } catch (const timeout_error& e) {
    EXPECT_STREQ(e.what(), "2 (of 3) futures unfinished");
  }
  g.open();
  EXPECT_EQ(all.back().result(plenty), 16);
}

TYPED_TEST_P(ExecutorContract, ASC_6_NothingEndsAtOnce) {
  auto range = as_completed(std::vector<future<int>>{});
  EXPECT_EQ(range.begin(), range.end());
}

TYPED_TEST_P(ExecutorContract, WAI_1_AllCompletedReportsFailuresWithoutThrowing) {
  auto pool = this->make();
  const std::vector<future<int>> all{pool->submit(square, 1), pool->submit(throw_if_odd, 1)};
  const auto result = wait(all, {.timeout = plenty});
  EXPECT_EQ(result.done.size(), 2U);
  EXPECT_TRUE(result.not_done.empty());
  EXPECT_NE(all[1].exception(), nullptr);
}

TYPED_TEST_P(ExecutorContract, WAI_2_FirstCompleted) {
  auto pool = this->make(2);
  gate g;
  auto blocked = this->occupy(*pool, g, 1).front();
  auto quick = pool->submit(square, 2);
  const auto result =
      wait(std::vector{blocked, quick}, {.timeout = plenty, .return_when = return_when::first_completed});
  ASSERT_EQ(result.done.size(), 1U);
  EXPECT_EQ(result.done.front(), quick);
  ASSERT_EQ(result.not_done.size(), 1U);
  g.open();
}

TYPED_TEST_P(ExecutorContract, WAI_3_WAI_4_FirstExceptionIgnoresCancelledOnes) {
  auto pool = this->make(2);
  gate g;
  auto blocked = this->occupy(*pool, g, 1).front();
  gate second;
  auto holder = this->occupy(*pool, second, 1).front();
  static_cast<void>(pool->submit(square, 0));
  static_cast<void>(pool->submit(square, 0));
  auto good = pool->submit(square, 2);
  auto cancelled = pool->submit(square, 2);
  auto failed = pool->submit(throw_if_odd, 3);
  ASSERT_TRUE(cancelled.cancel());
  const std::vector<future<int>> all{blocked, good, cancelled, failed};
  const auto before = wait(all, {.timeout = 5ms, .return_when = return_when::first_exception});
  EXPECT_EQ(before.done.size(), 1U) << "a cancelled future is no exception";
  second.open();
  const auto result = wait(all, {.timeout = plenty, .return_when = return_when::first_exception});
  EXPECT_TRUE(failed.done());
  ASSERT_EQ(result.not_done.size(), 1U);
  EXPECT_EQ(result.not_done.front(), blocked);
  EXPECT_NE(failed.exception(), nullptr);
  g.open();
}

TYPED_TEST_P(ExecutorContract, WAI_5_ATimeoutReturnsThePartitionAndCancelsNothing) {
  auto pool = this->make(1);
  gate g;
  auto blocked = this->occupy(*pool, g, 1).front();
  const auto result = wait(std::vector{blocked}, {.timeout = 10ms});
  EXPECT_TRUE(result.done.empty());
  EXPECT_TRUE(blocked.running());
  g.open();
  EXPECT_EQ(blocked.result(plenty), 0);
}

TYPED_TEST_P(ExecutorContract, SHU_1_SubmitAfterShutdownIsRefused) {
  auto pool = this->make();
  pool->shutdown();
  EXPECT_THROW(static_cast<void>(pool->submit(square, 1)), shutdown_error);
}

TYPED_TEST_P(ExecutorContract, SHU_2_ShutdownMayBeRepeatedFromSeveralThreads) {
  auto pool = this->make();
  EXPECT_EQ(pool->submit(square, 2).result(plenty), 4);
  std::jthread other([&] { pool->shutdown(); });
  pool->shutdown();
  pool->shutdown();
}

TYPED_TEST_P(ExecutorContract, SHU_3_ShutdownWithoutWaitingStillRunsWhatIsQueued) {
  auto pool = this->make(1);
  gate g;
  auto busy = this->occupy(*pool, g, 1);
  std::vector<future<int>> queued;
  for (int i = 0; i < 10; ++i) queued.push_back(pool->submit(square, i));
  pool->shutdown(wait_for::nothing);
  EXPECT_FALSE(queued.back().done());
  g.open();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(queued[static_cast<std::size_t>(i)].result(plenty), i * i);
}

TYPED_TEST_P(ExecutorContract, SHU_4_CancelPendingLetsTheRunningOneFinish) {
  auto pool = this->make(1);
  gate g;
  auto running = this->occupy(*pool, g, 1).front();
  std::vector<future<int>> queued;
  for (int i = 0; i < 10; ++i) queued.push_back(pool->submit(square, i));
  pool->shutdown(wait_for::nothing, pending::cancel);
  EXPECT_TRUE(queued.back().cancelled());
  g.open();
  EXPECT_EQ(running.result(plenty), 0);
  for (auto& f : queued) EXPECT_TRUE(f.wait(plenty));
  pool->shutdown();
}

TYPED_TEST_P(ExecutorContract, SHU_6_SubmitCancelShutdownReturns) {
  for (int i = 0; i < 20; ++i) {
    auto pool = this->make(1);
    auto f = pool->submit(square, 1);
    f.cancel();
    pool->shutdown();
    EXPECT_TRUE(f.done());
  }
}

TYPED_TEST_P(ExecutorContract, SHU_8_AFutureOutlivesItsExecutor) {
  auto pool = this->make();
  auto f = pool->submit(square, 5);
  pool.reset();
  EXPECT_EQ(f.result(0s), 25);
}

TYPED_TEST_P(ExecutorContract, SHU_9_WaitsEndWhenShutdownCancels) {
  auto pool = this->make(1);
  gate g;
  auto busy = this->occupy(*pool, g, 1);
  std::vector<future<int>> queued;
  for (int i = 0; i < 20; ++i) queued.push_back(pool->submit(square, i));
  std::jthread closer([&] {
    pool->shutdown(wait_for::nothing, pending::cancel);
    g.open();
  });
  std::size_t seen = 0;
  for (auto& f : as_completed(queued, plenty)) {
    EXPECT_TRUE(f.done());
    ++seen;
  }
  EXPECT_EQ(seen, queued.size());
}

REGISTER_TYPED_TEST_SUITE_P(
    ExecutorContract, SUB_1_SubmitReturnsAFutureOfTheCall, SUB_2_AWorkerSurvivesATaskThatThrows,
    SUB_7_ADiscardedFutureStillRuns, SUB_8_ACancelledTaskNeverRunsAndLaterOnesDo,
    SUB_9_TwoWorkersReallyRunAtTheSameTime, FUT_3_AFinishedFutureCannotBeCancelled, FUT_4_StatesWhileRunningAndDone,
    FUT_6_ResultThrowsTheOriginalTypeAndMessage, VAL_1_VoidTasks,
    EXC_2_ATaskThatThrowsCancelledErrorHasFailedAndIsNotCancelled, EXC_3_ATasksOwnTimeoutErrorIsToldFromAWaitThatEnded,
    CBK_1_ACallbackSubmitsTheNextLink, MAP_1_ResultsComeInInputOrder, MAP_2_AnUnusedMapMakesAllItsCalls,
    MAP_3_MAP_4_AnItemsErrorIsThrownInItsPlaceAndTheRestFollows, MAP_5_TheTimeoutIsOneBudgetForAll,
    MAP_6_DroppingAPartlyUsedMapCancelsWhatHasNotStarted, MAP_7_AnItemsTimeoutErrorIsItsOwn,
    MAP_8_AChunkThatIsNotPositiveIsRefused, MAP_9_EmptyInputEndsAtOnce, MAP_10_ABufferBoundsWhatIsDrawn,
    MAP_11_ShutdownDuringABufferedMapYieldsTheBufferedThenThrows, MAP_12_AnEndlessInputKeepsABoundedWindow,
    MAP_13_AnInputThatThrowsReachesTheCaller, MAP_14_AShutDownExecutorRefusesMap,
    ASC_1_EveryFutureIsYieldedOnceWhateverItsOutcome, ASC_2_ASC_4_DoneOnesComeBeforeATimeoutThatCounts,
    ASC_6_NothingEndsAtOnce, WAI_1_AllCompletedReportsFailuresWithoutThrowing, WAI_2_FirstCompleted,
    WAI_3_WAI_4_FirstExceptionIgnoresCancelledOnes, WAI_5_ATimeoutReturnsThePartitionAndCancelsNothing,
    SHU_1_SubmitAfterShutdownIsRefused, SHU_2_ShutdownMayBeRepeatedFromSeveralThreads,
    SHU_3_ShutdownWithoutWaitingStillRunsWhatIsQueued, SHU_4_CancelPendingLetsTheRunningOneFinish,
    SHU_6_SubmitCancelShutdownReturns, SHU_8_AFutureOutlivesItsExecutor, SHU_9_WaitsEndWhenShutdownCancels);

}  // namespace weft::test
