// then(): on promises, where every moment can be chosen, and on the thread pool where threads matter.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <unistd.h>
#include <array>
#include <atomic>
#include <fstream>
#include <functional>
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
future<T> ready(T value) {
  promise<T> p;
  p.set_value(std::move(value));
  return p.get_future();
}

TEST(Then, TheCallableGetsTheValueWhenItIsThere) {
  promise<int> p;
  const auto f = p.get_future();
  const auto g = f.then([](int x) { return std::to_string(x); });
  EXPECT_FALSE(g.done());
  p.set_value(7);
  EXPECT_EQ(g.result(0s), "7");
  EXPECT_EQ(f.result(0s), 7);
}

TEST(Then, ADoneSourceCallsAtOnceInTheCaller) {
  std::thread::id where;
  const auto g = ready(1).then([&](int) { where = std::this_thread::get_id(); });
  EXPECT_TRUE(g.done());
  EXPECT_EQ(where, std::this_thread::get_id());
}

TEST(Then, TheCallableRunsInTheThreadThatEndsTheSource) {
  promise<int> p;
  std::thread::id where;
  const auto g = p.get_future().then([&](int) { where = std::this_thread::get_id(); });
  std::thread producer([&] { p.set_value(1); });
  const auto id = producer.get_id();
  producer.join();
  g.result(0s);
  EXPECT_EQ(where, id);
}

TEST(Then, AVoidSourceCallsWithoutAnArgument) {
  promise<void> p;
  const auto g = p.get_future().then([] { return 5; });
  p.set_value();
  EXPECT_EQ(g.result(0s), 5);
}

TEST(Then, AReferenceIsHandedThrough) {
  int target = 1;
  promise<int&> p;
  const auto g = p.get_future().then([](int& x) { x = 5; });
  p.set_value(target);
  g.result(0s);
  EXPECT_EQ(target, 5);
}

TEST(Then, AnErrorGoesOnAndTheCallableIsNotCalled) {
  promise<int> p;
  bool called = false;
  const auto g = p.get_future().then([&](int) { called = true; }).then([&] { called = true; });
  p.set_exception(an_error());
  EXPECT_THROW(g.result(0s), std::out_of_range);
  EXPECT_FALSE(g.cancelled());
  EXPECT_FALSE(called);
}

TEST(Then, ACancellationStaysACancellation) {
  promise<int> p;
  bool called = false;
  const auto f = p.get_future();
  const auto g = f.then([&](int) { called = true; }).then([&] { called = true; });
  EXPECT_TRUE(f.cancel());
  EXPECT_TRUE(g.cancelled());
  EXPECT_FALSE(called);
}

TEST(Then, ACallableThatTakesTheFutureSeesErrorsAndCancellations) {
  const auto tell = [](const future<int>& done) {
    return std::string(done.cancelled() ? "cancelled" : done.exception() != nullptr ? "failed" : "value");
  };
  promise<int> good;
  promise<int> bad;
  promise<int> cancelled;
  const std::array told{good.get_future().then(tell), bad.get_future().then(tell), cancelled.get_future().then(tell)};
  good.set_value(1);
  bad.set_exception(an_error());
  cancelled.get_future().cancel();
  EXPECT_EQ(told[0].result(0s), "value");
  EXPECT_EQ(told[1].result(0s), "failed");
  EXPECT_EQ(told[2].result(0s), "cancelled");
}

TEST(Then, WhatTheCallableThrowsIsTheResultsError) {
  const auto g = ready(1).then([](int) -> int { throw std::invalid_argument("no"); });
  EXPECT_THROW(g.result(0s), std::invalid_argument);
}

TEST(Then, AnRvalueFutureGivesItsValueAwayIfItIsTheLast) {
  promise<std::unique_ptr<int>> p;
  auto g = p.get_future().then([](std::unique_ptr<int> x) { return x; });
  auto value = std::make_unique<int>(3);
  const int* const where = value.get();
  p.set_value(std::move(value));
  EXPECT_EQ(std::move(g).result(0s).get(), where);

  promise<std::string> shared;
  const auto other = shared.get_future();
  const auto length = shared.get_future().then([](std::string s) { return s.size(); });
  shared.set_value(std::string(100, 'x'));
  EXPECT_EQ(length.result(0s), 100U);
  EXPECT_EQ(other.result(0s).size(), 100U) << "another handle: the value was copied";

  promise<std::unique_ptr<int>> kept;
  const auto keeper = kept.get_future();
  const auto failed = kept.get_future().then([](std::unique_ptr<int> x) { return *x; });
  kept.set_value(std::make_unique<int>(1));
  EXPECT_THROW(failed.result(0s), weft::invalid_state);
}

TEST(Then, AFutureThatIsReturnedIsUnwrapped) {
  promise<int> outer;
  promise<std::string> inner;
  const future<std::string> g = outer.get_future().then([&](int) { return inner.get_future(); });
  outer.set_value(1);
  EXPECT_FALSE(g.done());
  EXPECT_FALSE(g.cancel()) << "the callable has started";
  inner.set_value("inner");
  EXPECT_EQ(g.result(0s), "inner");
  EXPECT_EQ(ready(2).then([](int x) { return ready(x + 1); }).result(0s), 3);
}

TEST(Then, AnUnwrappedFuturesErrorOrCancellationIsTheResults) {
  promise<int> bad;
  promise<int> cancelled;
  const auto f = ready(1);
  const auto g = f.then([&](int) { return bad.get_future(); });
  const auto h = f.then([&](int) { return cancelled.get_future(); });
  const auto empty = f.then([&](int) { return future<int>(); });
  bad.set_exception(an_error());
  cancelled.get_future().cancel();
  EXPECT_THROW(g.result(0s), std::out_of_range);
  EXPECT_TRUE(h.cancelled());
  EXPECT_THROW(empty.result(0s), weft::invalid_state);
}

TEST(Then, CancellingTheResultPreventsTheCallableAndLeavesTheSource) {
  promise<int> p;
  const auto f = p.get_future();
  auto watched = std::make_shared<int>(1);
  bool called = false;
  const auto g = f.then([&called, watched](int) { called = true; });
  EXPECT_TRUE(g.cancel());
  EXPECT_TRUE(g.cancelled());
  EXPECT_EQ(watched.use_count(), 1) << "the callable is gone at once";
  EXPECT_FALSE(f.done());
  p.set_value(1);
  EXPECT_FALSE(called);
  EXPECT_EQ(f.result(0s), 1);
}

TEST(Then, ADroppedResultStillCalls) {
  promise<int> p;
  int seen = 0;
  static_cast<void>(p.get_future().then([&](int x) { seen = x; }));
  p.set_value(4);
  EXPECT_EQ(seen, 4);
}

TEST(Then, NothingIsLeftOfAChainWhoseSourceNeverEnds) {
  auto watched = std::make_shared<int>(1);
  std::vector<std::string> reported;
  auto former =
      weft::set_error_hook([&](const weft::lost_error& lost) { reported.push_back(weft::describe(lost.error)); });
  {
    promise<std::shared_ptr<int>> p;
    auto g = p.get_future().then([watched](const std::shared_ptr<int>& x) { return x; }).then([watched](auto x) {
      return x;
    });
    EXPECT_EQ(watched.use_count(), 3);
  }
  weft::set_error_hook(std::move(former));
  EXPECT_EQ(watched.use_count(), 1);
  ASSERT_EQ(reported.size(), 1U) << "that the promise was broken reaches the end of the chain, and is told once";
  EXPECT_NE(reported.front().find("broken_promise"), std::string::npos);
}

// An executor that can be copied is kept as a copy, which tells how long the block lives.
struct reference_to_pool {
  weft::thread_pool_executor* pool;
  std::shared_ptr<int> watched;

  template <class F>
  auto submit(F&& f) {
    return pool->submit(std::forward<F>(f));
  }
};

TEST(Then, CancelledResultsLeaveNothingInALongLivedSource) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  promise<int> p;
  const auto f = p.get_future();
  const auto watched = std::make_shared<int>(1);
  for (int round = 0; round < 100; ++round) {
    EXPECT_TRUE(f.then(reference_to_pool{&pool, watched}, [](int x) { return x; }).cancel());
  }
  EXPECT_EQ(watched.use_count(), 1);
  const auto g = f.then(reference_to_pool{&pool, watched}, [](int x) { return x; });
  EXPECT_EQ(watched.use_count(), 2);
  p.set_value(1);
  EXPECT_EQ(g.result(plenty), 1);
}

TEST(Then, TheSourcesValueIsFreedWhenTheCallableHasRun) {
  auto watched = std::make_shared<int>(1);
  promise<std::shared_ptr<int>> p;
  const auto g = p.get_future().then([](const std::shared_ptr<int>& x) { return *x; });
  p.set_value(watched);
  promise<std::shared_ptr<int>>(std::move(p));
  EXPECT_EQ(g.result(0s), 1);
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(Then, AReferenceToTheValueIsCopiedIntoTheResult) {
  struct person {
    std::string name;
  };
  promise<person> p;
  const future<std::string> name = p.get_future().then(&person::name);
  const auto whole = name.then([](const std::string& s) -> const std::string& { return s; });
  p.set_value(person{std::string(100, 'n')});
  EXPECT_EQ(name.result(0s), std::string(100, 'n'));
  EXPECT_EQ(whole.result(0s), std::string(100, 'n'));
}

TEST(Then, AnEmptyFutureSaysSo) {
  future<int> f;
  EXPECT_THROW(static_cast<void>(f.then([](int) {})), weft::invalid_state);
  weft::thread_pool_executor pool{{.max_workers = 1}};
  EXPECT_THROW(static_cast<void>(f.then(pool, [](int) {})), weft::invalid_state);
}

TEST(Then, ACallableThatWaitsForItsOwnResultIsTold) {
  promise<int> p;
  future<int> g;
  g = p.get_future().then([&](int x) { return x + g.result(plenty); });
  p.set_value(1);
  EXPECT_THROW(g.result(0s), weft::would_deadlock);
}

// A chain as long as this would need the stack of all its callables at once if each ran inside the one before.
TEST(Then, CBK_7_LongChainsDoNotOverflowTheStack) {
  constexpr int links = 100'000;
  promise<int> p;
  auto f = p.get_future();
  for (int i = 0; i < links; ++i) f = std::move(f).then([](int x) { return x + 1; });
  p.set_value(0);
  EXPECT_EQ(f.result(0s), links);

  promise<int> failing;
  f = failing.get_future();
  for (int i = 0; i < links; ++i) f = std::move(f).then([](int x) { return x + 1; });
  failing.set_exception(an_error());
  EXPECT_THROW(f.result(0s), std::out_of_range);
}

TEST(Then, AWaitInADeepCallbackRunsWhatWasPutOff) {
  // Deep enough that the callbacks of what ends here are put off; the innermost one waits for such a callback.
  constexpr int links = 100;
  promise<int> first;
  promise<int> second;
  auto f = first.get_future();
  for (int i = 0; i < links; ++i) f = std::move(f).then([](int x) { return x + 1; });
  const auto plus_one = second.get_future().then([](int x) { return x + 1; });
  const auto last = f.then([&](int x) {
    second.set_value(x);
    return plus_one.result(plenty);
  });
  first.set_value(0);
  EXPECT_EQ(last.result(0s), links + 1);
}

TEST(Then, AWorkerThatWaitsForAResultRunsItsSource) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  const auto outer = pool.submit([&] {
    const int here = pool.submit([] { return 1; }).then([](int x) { return x + 1; }).result(plenty);
    const int handed = pool.submit([] { return 1; }).then(pool, [](int x) { return x + 1; }).result(plenty);
    const int nested =
        pool.submit([] { return 1; }).then([&](int x) { return pool.submit([x] { return x; }); }).result(plenty);
    auto chain = pool.submit([] { return 0; });
    for (int i = 0; i < 20; ++i) chain = chain.then(pool, [](int x) { return x + 1; });
    return std::vector{here, handed, nested, chain.result(plenty)};
  });
  EXPECT_EQ(outer.result(plenty), (std::vector{2, 2, 1, 20}));
}

TEST(Then, AThreadThatMayRunItRunsTheSource) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  weft::event go;
  auto busy = pool.submit([&] { go.wait(plenty); });
  const auto id = [] { return std::this_thread::get_id(); };
  const auto same = [](std::thread::id x) { return x; };
  EXPECT_EQ(pool.submit(id).then(same).result(plenty, weft::waiter::may_run_it), std::this_thread::get_id());
  EXPECT_EQ(pool.submit(id).then(pool, same).result(plenty, weft::waiter::may_run_it), std::this_thread::get_id());
  go.set();
}

// Whether a thread of this process sleeps in the kernel.
bool sleeps(pid_t thread) {
  std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string line;
  std::getline(stat, line);
  const auto name_end = line.rfind(')');
  return name_end != std::string::npos && line.substr(name_end + 2, 1) == "S";
}

// The only worker sleeps for the result when the callable comes to its queue: it wakes and runs it.
TEST(Then, AWorkerThatSleepsForAResultRunsTheCallable) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  const auto on_pool = [&](const future<int>& f) { return f.then(pool, [](int x) { return x + 1; }); };
  const auto unwrapped = [&](const future<int>& f) {
    return f.then([&pool](int x) { return pool.submit([x] { return x + 1; }); });
  };
  for (const auto& make : {std::function<future<int>(const future<int>&)>(on_pool),
                           std::function<future<int>(const future<int>&)>(unwrapped)}) {
    promise<int> p;
    std::atomic<pid_t> worker{0};
    const auto outer = pool.submit([&, f = p.get_future()] {
      const auto g = make(f);
      worker = ::gettid();
      return g.result(plenty);
    });
    while (worker == 0 || !sleeps(worker)) std::this_thread::yield();
    p.set_value(1);
    EXPECT_EQ(outer.result(plenty), 2);
  }
}

TEST(Then, OnAnExecutorARunningCallableIsNotCancelled) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  weft::event started;
  weft::event go;
  const auto g = ready(1).then(pool, [&](int x) {
    started.set();
    go.wait(plenty);
    return x;
  });
  ASSERT_TRUE(started.wait(plenty));
  EXPECT_TRUE(g.running());
  EXPECT_FALSE(g.cancel());
  go.set();
  EXPECT_EQ(g.result(plenty), 1);
}

TEST(Then, CancellingRacesWithTheEndOfTheSource) {
  weft::thread_pool_executor pool{{.max_workers = 2}};
  int calls = 0;
  int cancels = 0;
  for (int round = 0; round < 3000; ++round) {
    promise<int> p;
    std::atomic<bool> called{false};
    const auto call = [&](int) { called = true; };
    const auto g = round % 2 == 0 ? p.get_future().then(call) : p.get_future().then(pool, call);
    std::jthread producer([&] { p.set_value(1); });
    const bool cancelled = g.cancel();
    ASSERT_TRUE(g.wait(plenty));
    EXPECT_EQ(g.cancelled(), cancelled);
    producer.join();
    EXPECT_FALSE(cancelled && called.load());
    ++(cancelled ? cancels : calls);
  }
  EXPECT_EQ(cancels + calls, 3000);
}

TEST(Then, WhatAnExecutorDropsIsCancelled) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  weft::event go;
  weft::event busy;
  auto running = pool.submit([&] {
    busy.set();
    go.wait(plenty);
  });
  ASSERT_TRUE(busy.wait(plenty));
  const auto g = ready(1).then(pool, [](int x) { return x; });
  EXPECT_FALSE(g.done());
  pool.shutdown(weft::wait_for::nothing, weft::pending::cancel);
  EXPECT_TRUE(g.cancelled());
  go.set();
}

}  // namespace
