// when_any() and when_all(), on promises; with executors they stand in the contract.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::future;
using weft::promise;

constexpr auto plenty = 30s;

std::exception_ptr an_error() { return std::make_exception_ptr(std::out_of_range("gone")); }

template <class T>
std::vector<future<T>> futures_of(const std::vector<promise<T>>& promises) {
  std::vector<future<T>> all;
  for (const auto& each : promises) all.push_back(each.get_future());
  return all;
}

TEST(When, AnyIsDoneWithTheFirstWhateverItsOutcome) {
  for (const int outcome : {0, 1, 2}) {
    std::vector<promise<int>> promises(3);
    const auto all = futures_of(promises);
    const auto any = weft::when_any(all);
    EXPECT_FALSE(any.done());
    if (outcome == 0) promises[1].set_value(5);
    if (outcome == 1) promises[1].set_exception(an_error());
    if (outcome == 2) all[1].cancel();
    const auto& first = any.result(0s);
    EXPECT_EQ(first.index, 1U);
    EXPECT_EQ(first.winner, all[1]);
    EXPECT_EQ(first.winner.cancelled() || first.winner.exception() == nullptr, outcome != 1);
    EXPECT_FALSE(all[0].done());
    promises[0].set_value(1);
    EXPECT_EQ(any.result(0s).index, 1U);
  }
}

TEST(When, AnyTakesTheFirstInTheRangeOfThoseThatAreDone) {
  std::vector<promise<int>> promises(4);
  promises[3].set_value(3);
  promises[1].set_value(1);
  EXPECT_EQ(weft::when_any(futures_of(promises)).result(0s).index, 1U);
}

TEST(When, AnyCancelsTheLosersIfAsked) {
  std::vector<promise<int>> promises(4);
  const auto all = futures_of(promises);
  promises[2].set_running();
  const auto any = weft::when_any(all, {.losers = weft::losers::cancel});
  promises[1].set_value(1);
  EXPECT_TRUE(any.done());
  EXPECT_TRUE(all[0].cancelled());
  EXPECT_FALSE(all[1].cancelled());
  EXPECT_TRUE(all[2].running()) << "what has started is not cancelled";
  EXPECT_TRUE(all[3].cancelled());

  std::vector<promise<int>> kept(2);
  const auto others = futures_of(kept);
  kept[0].set_value(1);
  EXPECT_TRUE(weft::when_any(others).done());
  EXPECT_FALSE(others[1].done());
}

TEST(When, AnyOfNothingIsRefusedAndAllOfNothingIsDone) {
  EXPECT_THROW(static_cast<void>(weft::when_any(std::vector<future<int>>{})), weft::invalid_argument);
  EXPECT_TRUE(weft::when_all(std::vector<future<int>>{}).result(0s).empty());
  EXPECT_THROW(static_cast<void>(weft::when_any(std::vector<future<int>>(1))), weft::invalid_state);
  EXPECT_THROW(static_cast<void>(weft::when_all(std::vector<future<int>>(1))), weft::invalid_state);
}

TEST(When, AllIsDoneWithTheLastAndHasThemInOrder) {
  std::vector<promise<int>> promises(3);
  const auto futures = futures_of(promises);
  const auto all = weft::when_all(futures);
  promises[2].set_value(2);
  promises[0].set_exception(an_error());
  EXPECT_FALSE(all.done());
  futures[1].cancel();
  EXPECT_EQ(all.result(0s), futures);
  EXPECT_NE(futures[0].exception(), nullptr);
}

TEST(When, VoidFuturesToo) {
  std::vector<promise<void>> promises(2);
  const auto any = weft::when_any(futures_of(promises));
  const auto all = weft::when_all(futures_of(promises));
  promises[1].set_value();
  EXPECT_EQ(any.result(0s).index, 1U);
  promises[0].set_value();
  EXPECT_EQ(all.result(0s).size(), 2U);
}

TEST(When, AFutureMayBeGivenTwice) {
  promise<int> p;
  const std::vector<future<int>> twice{p.get_future(), p.get_future()};
  const auto any = weft::when_any(twice, {.losers = weft::losers::cancel});
  const auto all = weft::when_all(twice);
  p.set_value(1);
  EXPECT_EQ(any.result(0s).index, 0U);
  EXPECT_EQ(all.result(0s).size(), 2U);
}

TEST(When, CancellingTheWatchTouchesNoneOfTheFutures) {
  std::vector<promise<int>> promises(2);
  const auto futures = futures_of(promises);
  const auto any = weft::when_any(futures, {.losers = weft::losers::cancel});
  const auto all = weft::when_all(futures);
  EXPECT_TRUE(any.cancel());
  EXPECT_TRUE(all.cancel());
  promises[0].set_value(1);
  EXPECT_FALSE(futures[1].done());
  promises[1].set_value(1);
  EXPECT_TRUE(any.cancelled());
  EXPECT_TRUE(all.cancelled());
}

TEST(When, TheLosersAreLetGoAtTheDecision) {
  auto watched = std::make_shared<int>(1);
  promise<std::shared_ptr<int>> first;
  promise<std::shared_ptr<int>> second;
  auto loser = second.get_future();
  const auto any = weft::when_any(std::vector{first.get_future(), loser});
  first.set_value(nullptr);
  second.set_value(watched);
  promise<std::shared_ptr<int>>(std::move(second));
  loser = {};
  EXPECT_EQ(watched.use_count(), 1);
  EXPECT_EQ(any.result(0s).index, 0U);
}

// The time of remove_link() is that of a walk over what stands before it in the list, so links that stay behind would
// make these rounds quadratic, and the callback at the end would run behind all of them.
TEST(When, WAI_8_NothingStaysInALongLivedFuture) {
  promise<int> never;
  const auto long_lived = never.get_future();
  for (int round = 0; round < 100'000; ++round) {
    promise<int> quick;
    const auto any = weft::when_any(std::vector{long_lived, quick.get_future()});
    if (round % 2 == 0) quick.set_value(1);
    // else the watch is dropped undecided
  }
  int calls = 0;
  long_lived.add_done_callback([&](const future<int>&) { ++calls; });
  never.set_value(1);
  EXPECT_EQ(calls, 1);
}

TEST(When, ManyDroppedWatchesRaceWithTheEnds) {
  for (int round = 0; round < 2000; ++round) {
    std::vector<promise<int>> promises(3);
    auto any = weft::when_any(futures_of(promises));
    auto all = weft::when_all(futures_of(promises));
    std::jthread producer([&] {
      for (auto& each : promises) each.set_value(1);
    });
    if (round % 3 == 0) any.cancel();
    any = {};
    all = {};
  }
}

TEST(When, TheFirstOfManyThreadsWins) {
  for (int round = 0; round < 1000; ++round) {
    std::vector<promise<int>> promises(8);
    const auto futures = futures_of(promises);
    std::vector<std::jthread> producers;
    for (std::size_t i = 0; i < 2; ++i) {
      producers.emplace_back([&, i] {
        for (std::size_t at = i; at < promises.size(); at += 2) promises[at].set_value(1);
      });
    }
    const auto any = weft::when_any(futures);
    const auto all = weft::when_all(futures);
    ASSERT_TRUE(any.wait(plenty));
    EXPECT_TRUE(any.result().winner.done());
    EXPECT_EQ(all.result(plenty).size(), 8U);
  }
}

TEST(When, SCL_2_AHundredThousandFutures) {
  std::vector<promise<int>> promises(100'000);
  const auto futures = futures_of(promises);
  const auto all = weft::when_all(futures);
  const auto any = weft::when_any(futures);
  for (auto& each : promises) each.set_value(1);
  EXPECT_EQ(all.result(0s).size(), promises.size());
  EXPECT_EQ(any.result(0s).index, 0U);
}

TEST(When, TheyGoOnWithThen) {
  std::vector<promise<int>> promises(3);
  const auto sum = weft::when_all(futures_of(promises)).then([](const std::vector<future<int>>& all) {
    int total = 0;
    for (const auto& each : all) total += each.result();
    return total;
  });
  for (int i = 0; i < 3; ++i) promises[static_cast<std::size_t>(i)].set_value(i);
  EXPECT_EQ(sum.result(0s), 3);
}

TEST(When, AWorkerThatWaitsRunsWhatItWaitsFor) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  const auto outer = pool.submit([&] {
    std::vector<future<int>> all;
    for (int i = 0; i < 10; ++i) all.push_back(pool.submit([i] { return i; }));
    const auto first = weft::when_any(all).result(plenty).index;
    const auto everything = weft::when_all(all).result(plenty).size();
    return std::pair(first, everything);
  });
  EXPECT_EQ(outer.result(plenty), std::pair(std::size_t{0}, std::size_t{10}));
}

}  // namespace
