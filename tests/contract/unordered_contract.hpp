// The executor contract, part three: map_unordered, and how both maps draw their inputs.
#pragma once

#include "contract/contract.hpp"

#include <algorithm>

namespace weft::test {

template <class Traits>
class UnorderedContract : public ExecutorFixture<Traits> {};

TYPED_TEST_SUITE_P(UnorderedContract);

TYPED_TEST_P(UnorderedContract, POO_4_TheSameResultsInAnyOrder) {
  auto pool = this->make();
  const std::vector<int> a{1, 2, 3, 4, 5};
  const std::vector<int> b{10, 20, 30, 40, 50};
  for (const map_options& options : {map_options{.timeout = plenty}, map_options{.timeout = plenty, .chunk = 2},
                                     map_options{.timeout = plenty, .chunk = 2, .buffer = 2}}) {
    std::vector<int> results;
    for (int r : pool->map_unordered(add, a, b, options)) results.push_back(r);
    std::ranges::sort(results);
    EXPECT_EQ(results, (std::vector{11, 22, 33, 44, 55}));
  }
  std::vector<int> three;
  for (int r : pool->map_unordered(add3, a, b, std::vector{100, 100})) three.push_back(r);
  std::ranges::sort(three);
  EXPECT_EQ(three, (std::vector{111, 122}));
  EXPECT_EQ(std::ranges::distance(pool->map_unordered(nothing_of, a)), 5);
}

TYPED_TEST_P(UnorderedContract, ResultsComeAsTheCallsEnd) {
  auto pool = this->make(2);
  gate closed;
  gate open;
  open.open();
  auto results = pool->map_unordered(pass, std::vector{closed.path(), open.path(), open.path()}, std::vector{1, 2, 3},
                                     {.chunk = 1});
  std::vector<int> order;
  for (int r : results) {
    order.push_back(r);
    if (order.size() == 2) closed.open();
  }
  ASSERT_EQ(order.size(), 3U);
  EXPECT_EQ(order.back(), 1);
}

TYPED_TEST_P(UnorderedContract, AnItemsErrorIsThrownInItsPlaceAndTheRestFollows) {
  for (const std::ptrdiff_t chunk : {1, 3}) {
    auto pool = this->make();
    auto results =
        pool->map_unordered(throw_if_odd, std::vector{0, 2, 3, 4, 5, 6}, {.timeout = plenty, .chunk = chunk});
    std::string seen;
    for (auto it = results.begin(); it != results.end(); ++it) {
      try {
        seen += std::to_string(*it);
      } catch (const std::invalid_argument&) {
        seen += "x";
      }
    }
    std::ranges::sort(seen);
    EXPECT_EQ(seen, "0246xx") << "chunk " << chunk;
  }
}

TYPED_TEST_P(UnorderedContract, TheTimeoutIsOneBudgetAndWhatEndedComesFirst) {
  auto pool = this->make(2);
  gate closed;
  gate open;
  open.open();
  auto results = pool->map_unordered(pass, std::vector{closed.path(), open.path(), open.path()}, std::vector{1, 2, 3},
                                     {.timeout = 300ms, .chunk = 1});
  ASSERT_TRUE(open.wait_for_arrivals(2));
  auto it = results.begin();
  const auto read = [&it] {
    while (true) {
      try {
        return *it;
      } catch (const timeout_error&) {  // it has arrived at an open gate, and will end
        std::this_thread::yield();
      }
    }
  };
  int sum = 0;
  for (int i = 0; i < 2; ++i, ++it) sum += read();
  EXPECT_EQ(sum, 5);
  EXPECT_THROW(static_cast<void>(*it), timeout_error);
  EXPECT_THROW(static_cast<void>(*it), timeout_error);
  closed.open();
  pool->shutdown(wait_for::tasks);
  EXPECT_EQ(*it, 1) << "it has ended since";
  ++it;
  EXPECT_EQ(it, results.end());
}

TYPED_TEST_P(UnorderedContract, GoingOnAfterTheTimeoutEndsTheIteration) {
  auto pool = this->make(1);
  gate g;
  auto results = pool->map_unordered(pass, std::vector<std::string>(20, g.path()), std::vector<int>(20, 1),
                                     {.timeout = 20ms, .chunk = 1});
  auto it = results.begin();
  EXPECT_THROW(static_cast<void>(*it), timeout_error);
  ++it;
  EXPECT_EQ(it, results.end());
  g.open();
  pool->shutdown(wait_for::tasks);
  EXPECT_LE(g.arrivals(), 2U) << "the rest was cancelled";
}

TYPED_TEST_P(UnorderedContract, MAP_6_DroppingItPartlyUsedCancelsWhatHasNotStarted) {
  auto pool = this->make(1);
  gate first;
  gate second;
  first.open();
  {
    std::vector<std::string> paths(20, second.path());
    paths.front() = first.path();
    auto results = pool->map_unordered(pass, paths, std::vector<int>(20, 7), {.timeout = plenty, .chunk = 1});
    EXPECT_EQ(*results.begin(), 7);
  }
  second.open();
  pool->shutdown(wait_for::tasks);
  EXPECT_LE(second.arrivals(), 2U);  // what had started, or was on its way to a worker
}

TYPED_TEST_P(UnorderedContract, MAP_2_AnUnusedOneMakesAllItsCalls) {
  auto pool = this->make();
  gate g;
  g.open();
  {
    auto unused =
        pool->map_unordered(pass, std::vector<std::string>(5, g.path()), std::vector{1, 2, 3, 4, 5}, {.chunk = 1});
  }
  pool->shutdown(wait_for::tasks);
  EXPECT_EQ(g.arrivals(), 5U);
}

TYPED_TEST_P(UnorderedContract, MAP_8_MAP_9_MAP_14_BadOptionsNoInputAndAShutDownExecutor) {
  auto pool = this->make();
  EXPECT_THROW(pool->map_unordered(square, std::vector{1}, {.chunk = 0}), invalid_argument);
  auto empty = pool->map_unordered(square, std::vector<int>{});
  EXPECT_EQ(empty.begin(), empty.end());
  pool->shutdown();
  EXPECT_THROW(pool->map_unordered(square, std::vector{1, 2}), shutdown_error);
}

TYPED_TEST_P(UnorderedContract, MAP_12_AnEndlessInputKeepsItsWindowFull) {
  auto pool = this->make();
  std::size_t drawn = 0;
  auto endless = std::views::iota(0) | std::views::transform([&drawn](int x) {
                   ++drawn;
                   return x;
                 });
  std::size_t consumed = 0;
  for (int r : pool->map_unordered(square, endless, {.timeout = plenty, .chunk = 1, .buffer = 3})) {
    EXPECT_GE(r, 0);
    EXPECT_EQ(drawn, consumed + 3);
    if (++consumed == 100) break;
  }
}

TYPED_TEST_P(UnorderedContract, AnEndlessInputIsBoundedWithoutBeingTold) {
  auto pool = this->make(2);
  std::size_t drawn = 0;
  auto endless = std::views::iota(0) | std::views::transform([&drawn](int x) {
                   ++drawn;
                   return x;
                 });
  auto ordered = pool->map(square, endless, {.timeout = plenty});
  EXPECT_EQ(drawn, 8U);
  auto unordered = pool->map_unordered(square, endless, {.timeout = plenty});
  EXPECT_EQ(drawn, 16U);
}

TYPED_TEST_P(UnorderedContract, MAP_11_MAP_13_WhatStopsTheInputIsThrownAfterTheResults) {
  const std::vector<int> items{1, 2, 3, 4};
  auto failing = items | std::views::transform([](int x) {
                   if (x == 4) throw std::runtime_error("input");
                   return x;
                 });
  const auto all_of = [](auto results) {
    std::vector<int> seen;
    for (auto it = results.begin(); it != results.end(); ++it) {
      try {
        seen.push_back(*it);
      } catch (const shutdown_error&) {
        seen.push_back(-2);
      } catch (const std::runtime_error&) {
        seen.push_back(-1);
      }
    }
    return seen;
  };
  auto pool = this->make(1);
  EXPECT_EQ(all_of(pool->map(square, failing, {.timeout = plenty, .chunk = 1, .buffer = 1})),
            (std::vector{1, 4, 9, -1}));
  EXPECT_EQ(all_of(pool->map(square, failing, {.timeout = plenty, .chunk = 2, .buffer = 2})),
            (std::vector{1, 4, 9, -1}))
      << "what was drawn before the input threw is called";
  EXPECT_EQ(all_of(pool->map_unordered(square, failing, {.timeout = plenty, .chunk = 2, .buffer = 2})),
            (std::vector{1, 4, 9, -1}));
  auto ordered = pool->map(square, items, {.timeout = plenty, .chunk = 1, .buffer = 2});
  auto unordered = pool->map_unordered(square, items, {.timeout = plenty, .chunk = 1, .buffer = 2});
  pool->shutdown(wait_for::tasks);
  EXPECT_EQ(all_of(std::move(ordered)), (std::vector{1, 4, -2}));
  EXPECT_EQ(all_of(std::move(unordered)), (std::vector{1, 4, -2}));
}

TYPED_TEST_P(UnorderedContract, MAP_10_ABufferBoundsChunksTooAndNothingIsReadAhead) {
  auto pool = this->make();
  int looked_at = 0;
  const std::vector<int> items{1, 2, 3, 4, 5, 6, 7, 8};
  auto counted = items | std::views::filter([&looked_at](int) {
                   ++looked_at;
                   return true;
                 });
  auto results = pool->map(square, counted, {.timeout = plenty, .chunk = 4, .buffer = 2});
  EXPECT_EQ(looked_at, 2);
  int sum = 0;
  for (int r : results) sum += r;
  EXPECT_EQ(sum, 204);
  EXPECT_EQ(looked_at, 8);
}

REGISTER_TYPED_TEST_SUITE_P(UnorderedContract, POO_4_TheSameResultsInAnyOrder, ResultsComeAsTheCallsEnd,
                            AnItemsErrorIsThrownInItsPlaceAndTheRestFollows,
                            TheTimeoutIsOneBudgetAndWhatEndedComesFirst, GoingOnAfterTheTimeoutEndsTheIteration,
                            MAP_6_DroppingItPartlyUsedCancelsWhatHasNotStarted, MAP_2_AnUnusedOneMakesAllItsCalls,
                            MAP_8_MAP_9_MAP_14_BadOptionsNoInputAndAShutDownExecutor,
                            MAP_12_AnEndlessInputKeepsItsWindowFull, AnEndlessInputIsBoundedWithoutBeingTold,
                            MAP_11_MAP_13_WhatStopsTheInputIsThrownAfterTheResults,
                            MAP_10_ABufferBoundsChunksTooAndNothingIsReadAhead);

}  // namespace weft::test
