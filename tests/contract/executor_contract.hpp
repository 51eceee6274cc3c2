// The executor contract, part one: submit, futures, callbacks, shutdown.
#pragma once

#include "contract/contract.hpp"

namespace weft::test {

template <class Traits>
class ExecutorContract : public ExecutorFixture<Traits> {};

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

REGISTER_TYPED_TEST_SUITE_P(ExecutorContract, SUB_1_SubmitReturnsAFutureOfTheCall, SUB_2_AWorkerSurvivesATaskThatThrows,
                            SUB_7_ADiscardedFutureStillRuns, SUB_8_ACancelledTaskNeverRunsAndLaterOnesDo,
                            SUB_9_TwoWorkersReallyRunAtTheSameTime, FUT_3_AFinishedFutureCannotBeCancelled,
                            FUT_4_StatesWhileRunningAndDone, FUT_6_ResultThrowsTheOriginalTypeAndMessage,
                            VAL_1_VoidTasks, EXC_2_ATaskThatThrowsCancelledErrorHasFailedAndIsNotCancelled,
                            EXC_3_ATasksOwnTimeoutErrorIsToldFromAWaitThatEnded, CBK_1_ACallbackSubmitsTheNextLink,
                            SHU_1_SubmitAfterShutdownIsRefused, SHU_2_ShutdownMayBeRepeatedFromSeveralThreads,
                            SHU_3_ShutdownWithoutWaitingStillRunsWhatIsQueued,
                            SHU_4_CancelPendingLetsTheRunningOneFinish, SHU_6_SubmitCancelShutdownReturns,
                            SHU_8_AFutureOutlivesItsExecutor, SHU_9_WaitsEndWhenShutdownCancels);

}  // namespace weft::test
