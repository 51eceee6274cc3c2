// The executor contract, part two: map, as_completed and wait.
#pragma once

#include "contract/contract.hpp"

namespace weft::test {

template <class Traits>
class ManyContract : public ExecutorFixture<Traits> {};

TYPED_TEST_SUITE_P(ManyContract);

TYPED_TEST_P(ManyContract, MAP_1_ResultsComeInInputOrder) {
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

TYPED_TEST_P(ManyContract, MAP_2_AnUnusedMapMakesAllItsCalls) {
  auto pool = this->make();
  gate g;
  g.open();
  {
    auto unused = pool->map(pass, std::vector<std::string>(5, g.path()), std::vector{1, 2, 3, 4, 5}, {.chunk = 1});
  }
  pool->shutdown(wait_for::tasks);
  EXPECT_EQ(g.arrivals(), 5U);
}

TYPED_TEST_P(ManyContract, MAP_3_MAP_4_AnItemsErrorIsThrownInItsPlaceAndTheRestFollows) {
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

TYPED_TEST_P(ManyContract, MAP_5_TheTimeoutIsOneBudgetForAll) {
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

TYPED_TEST_P(ManyContract, MAP_6_DroppingAPartlyUsedMapCancelsWhatHasNotStarted) {
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

TYPED_TEST_P(ManyContract, MAP_7_AnItemsTimeoutErrorIsItsOwn) {
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

TYPED_TEST_P(ManyContract, MAP_8_AChunkThatIsNotPositiveIsRefused) {
  auto pool = this->make();
  EXPECT_THROW(pool->map(square, std::vector{1}, {.chunk = 0}), invalid_argument);
  EXPECT_THROW(pool->map(square, std::vector{1}, {.chunk = -1}), invalid_argument);
}

TYPED_TEST_P(ManyContract, MAP_9_EmptyInputEndsAtOnce) {
  auto pool = this->make();
  auto results = pool->map(square, std::vector<int>{});
  EXPECT_EQ(results.begin(), results.end());
}

TYPED_TEST_P(ManyContract, MAP_10_ABufferBoundsWhatIsDrawn) {
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

TYPED_TEST_P(ManyContract, MAP_11_ShutdownDuringABufferedMapYieldsTheBufferedThenThrows) {
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

TYPED_TEST_P(ManyContract, MAP_12_AnEndlessInputKeepsABoundedWindow) {
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

TYPED_TEST_P(ManyContract, MAP_13_AnInputThatThrowsReachesTheCaller) {
  auto pool = this->make();
  const std::vector<int> items{1, 2, 3};
  auto failing = items | std::views::transform([](int x) {
                   if (x == 2) throw std::runtime_error("input");
                   return x;
                 });
  EXPECT_THROW(pool->map(square, failing, {.chunk = 1}), std::runtime_error);
  pool->shutdown(wait_for::tasks);
}

TYPED_TEST_P(ManyContract, MAP_14_AShutDownExecutorRefusesMap) {
  auto pool = this->make();
  pool->shutdown();
  EXPECT_THROW(pool->map(square, std::vector{1, 2}), shutdown_error);
}

TYPED_TEST_P(ManyContract, ASC_1_EveryFutureIsYieldedOnceWhateverItsOutcome) {
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

TYPED_TEST_P(ManyContract, ASC_2_ASC_4_DoneOnesComeBeforeATimeoutThatCounts) {
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

TYPED_TEST_P(ManyContract, ASC_6_NothingEndsAtOnce) {
  auto range = as_completed(std::vector<future<int>>{});
  EXPECT_EQ(range.begin(), range.end());
}

TYPED_TEST_P(ManyContract, WAI_1_AllCompletedReportsFailuresWithoutThrowing) {
  auto pool = this->make();
  const std::vector<future<int>> all{pool->submit(square, 1), pool->submit(throw_if_odd, 1)};
  const auto result = wait(all, {.timeout = plenty});
  EXPECT_EQ(result.done.size(), 2U);
  EXPECT_TRUE(result.not_done.empty());
  EXPECT_NE(all[1].exception(), nullptr);
}

TYPED_TEST_P(ManyContract, WAI_2_FirstCompleted) {
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

TYPED_TEST_P(ManyContract, WAI_3_WAI_4_FirstExceptionIgnoresCancelledOnes) {
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

TYPED_TEST_P(ManyContract, WAI_5_ATimeoutReturnsThePartitionAndCancelsNothing) {
  auto pool = this->make(1);
  gate g;
  auto blocked = this->occupy(*pool, g, 1).front();
  const auto result = wait(std::vector{blocked}, {.timeout = 10ms});
  EXPECT_TRUE(result.done.empty());
  EXPECT_TRUE(blocked.running());
  g.open();
  EXPECT_EQ(blocked.result(plenty), 0);
}

REGISTER_TYPED_TEST_SUITE_P(ManyContract, MAP_1_ResultsComeInInputOrder, MAP_2_AnUnusedMapMakesAllItsCalls,
                            MAP_3_MAP_4_AnItemsErrorIsThrownInItsPlaceAndTheRestFollows,
                            MAP_5_TheTimeoutIsOneBudgetForAll, MAP_6_DroppingAPartlyUsedMapCancelsWhatHasNotStarted,
                            MAP_7_AnItemsTimeoutErrorIsItsOwn, MAP_8_AChunkThatIsNotPositiveIsRefused,
                            MAP_9_EmptyInputEndsAtOnce, MAP_10_ABufferBoundsWhatIsDrawn,
                            MAP_11_ShutdownDuringABufferedMapYieldsTheBufferedThenThrows,
                            MAP_12_AnEndlessInputKeepsABoundedWindow, MAP_13_AnInputThatThrowsReachesTheCaller,
                            MAP_14_AShutDownExecutorRefusesMap, ASC_1_EveryFutureIsYieldedOnceWhateverItsOutcome,
                            ASC_2_ASC_4_DoneOnesComeBeforeATimeoutThatCounts, ASC_6_NothingEndsAtOnce,
                            WAI_1_AllCompletedReportsFailuresWithoutThrowing, WAI_2_FirstCompleted,
                            WAI_3_WAI_4_FirstExceptionIgnoresCancelledOnes,
                            WAI_5_ATimeoutReturnsThePartitionAndCancelsNothing);

}  // namespace weft::test
