// The executor contract, part four: then() with the executor, and when_any and when_all over its futures.
#pragma once

#include "contract/contract.hpp"

#include <weft/future/then.hpp>
#include <weft/future/when.hpp>

namespace weft::test {

inline int pass_one(std::string path) { return pass(std::move(path), 1); }
inline int count(const std::string& text) { return static_cast<int>(text.size()); }

template <class Traits>
class ThenContract : public ExecutorFixture<Traits> {
 protected:
  template <class T>
  static future<T> ready(T value) {
    promise<T> p;
    p.set_value(std::move(value));
    return p.get_future();
  }
};

TYPED_TEST_SUITE_P(ThenContract);

TYPED_TEST_P(ThenContract, TheCallableRunsOnTheExecutorWhenTheSourceIsDone) {
  auto pool = this->make();
  promise<std::string> p;
  const auto length = p.get_future().then(*pool, count);
  const auto chained = length.then(*pool, square).then(*pool, [](int x) { return std::to_string(x); });
  EXPECT_FALSE(length.done());
  p.set_value("four");
  EXPECT_EQ(length.result(plenty), 4);
  EXPECT_EQ(chained.result(plenty), "16");
  EXPECT_EQ(pool->submit(nothing).then(*pool, [] { return 7; }).result(plenty), 7);
  pool->submit(square, 2).then(*pool, nothing_of).result(plenty);
}

TYPED_TEST_P(ThenContract, WithoutAnExecutorTheCallableMayCapture) {
  auto pool = this->make();
  int seen = 0;
  pool->submit(square, 3).then([&seen](int x) { seen = x; }).result(plenty);
  EXPECT_EQ(seen, 9);
}

TYPED_TEST_P(ThenContract, ErrorsAndCancellationsGoOnWithoutACall) {
  auto pool = this->make();
  const auto failed = pool->submit(throw_if_odd, 1).then(*pool, square);
  EXPECT_THROW(failed.result(plenty), std::invalid_argument);
  promise<int> p;
  const auto cancelled = p.get_future().then(*pool, square);
  p.get_future().cancel();
  EXPECT_TRUE(cancelled.cancelled());
  const auto thrown = this->ready(3).then(*pool, throw_if_odd);
  EXPECT_THROW(thrown.result(plenty), std::invalid_argument);
}

TYPED_TEST_P(ThenContract, ACancelledResultIsNotCalled) {
  auto pool = this->make(1);
  gate busy;
  gate never;
  promise<std::string> p;
  const auto before = p.get_future().then(*pool, pass_one);
  EXPECT_TRUE(before.cancel());
  p.set_value(never.path());
  auto first = this->occupy(*pool, busy, 1);
  auto spare = pool->submit(square, 2);  // a process pool may have it under way to its worker
  const auto queued = this->ready(never.path()).then(*pool, pass_one);
  EXPECT_TRUE(queued.cancel());
  EXPECT_TRUE(queued.cancelled());
  busy.open();
  pool->shutdown();
  EXPECT_EQ(never.arrivals(), 0U);
}

TYPED_TEST_P(ThenContract, ARunningCallableIsNotCancelled) {
  auto pool = this->make(1);
  gate g;
  const auto running = this->ready(g.path()).then(*pool, pass_one);
  ASSERT_TRUE(g.wait_for_arrivals());
  EXPECT_FALSE(running.cancel());
  EXPECT_FALSE(running.cancelled());
  g.open();
  EXPECT_EQ(running.result(plenty), 1);
}

TYPED_TEST_P(ThenContract, SHU_1_ARefusalIsTheResultsError) {
  auto pool = this->make();
  promise<int> p;
  const auto later = p.get_future().then(*pool, square);
  pool->shutdown();
  p.set_value(1);
  EXPECT_THROW(later.result(plenty), shutdown_error);
  EXPECT_THROW(this->ready(1).then(*pool, square).result(plenty), shutdown_error);
}

TYPED_TEST_P(ThenContract, SHU_4_WhatShutdownCancelsIsCancelled) {
  auto pool = this->make(1);
  gate busy;
  auto first = this->occupy(*pool, busy, 1);
  auto spare = pool->submit(square, 2);
  const auto queued = this->ready(1).then(*pool, square);
  const auto next = queued.then(*pool, square);
  pool->shutdown(wait_for::nothing, pending::cancel);
  EXPECT_TRUE(queued.cancelled());
  EXPECT_TRUE(next.cancelled());
  busy.open();
  pool->shutdown();
}

TYPED_TEST_P(ThenContract, WhenAnyIsDoneWithTheFirstAndCancelsTheOthers) {
  auto pool = this->make(1);
  gate busy;
  auto all = this->occupy(*pool, busy, 1);
  for (int i = 0; i < 10; ++i) all.push_back(pool->submit(square, i));
  const auto first = when_any(all, {.losers = losers::cancel});
  EXPECT_FALSE(first.done());
  busy.open();
  const auto& [index, winner] = first.result(plenty);
  EXPECT_EQ(index, 0U);
  EXPECT_EQ(winner.result(), 0);
  EXPECT_TRUE(all.back().cancelled());
}

TYPED_TEST_P(ThenContract, WhenAllIsDoneWithTheLast) {
  auto pool = this->make();
  std::vector<future<int>> all;
  for (int i = 0; i < 50; ++i) all.push_back(pool->submit(throw_if_odd, i));
  int failures = 0;
  for (const auto& each : when_all(all).result(plenty)) {
    EXPECT_TRUE(each.done());
    failures += each.exception() != nullptr ? 1 : 0;
  }
  EXPECT_EQ(failures, 25);
}

REGISTER_TYPED_TEST_SUITE_P(ThenContract, TheCallableRunsOnTheExecutorWhenTheSourceIsDone,
                            WithoutAnExecutorTheCallableMayCapture, ErrorsAndCancellationsGoOnWithoutACall,
                            ACancelledResultIsNotCalled, ARunningCallableIsNotCancelled,
                            SHU_1_ARefusalIsTheResultsError, SHU_4_WhatShutdownCancelsIsCancelled,
                            WhenAnyIsDoneWithTheFirstAndCancelsTheOthers, WhenAllIsDoneWithTheLast);

}  // namespace weft::test
