// FUT, CBK, OWN, VAL, EXC, TIM lines that need no executor, on promises.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::future;
using weft::promise;

std::exception_ptr an_error() { return std::make_exception_ptr(std::out_of_range("gone")); }

TEST(Future, FUT_1_FreshIsNothingYet) {
  promise<int> p;
  auto f = p.get_future();
  EXPECT_FALSE(f.done());
  EXPECT_FALSE(f.running());
  EXPECT_FALSE(f.cancelled());
}

TEST(Future, FUT_2_APendingOneCanBeCancelled) {
  promise<int> p;
  auto f = p.get_future();
  EXPECT_TRUE(f.cancel());
  EXPECT_TRUE(f.cancelled());
  EXPECT_TRUE(f.done());
  EXPECT_FALSE(f.running());
}

TEST(Future, FUT_3_AFinishedOneCannotBeCancelled) {
  promise<int> good;
  promise<int> bad;
  good.set_value(1);
  bad.set_exception(an_error());
  EXPECT_FALSE(good.get_future().cancel());
  EXPECT_FALSE(bad.get_future().cancel());
  EXPECT_EQ(good.get_future().result(), 1);
  EXPECT_THROW(bad.get_future().result(), std::out_of_range);
}

TEST(Future, FUT_5_CancelledWinsOverTimeout) {
  promise<int> p;
  auto f = p.get_future();
  f.cancel();
  EXPECT_THROW(f.result(0s), weft::cancelled_error);
  EXPECT_THROW(f.exception(0s), weft::cancelled_error);
}

TEST(Future, FUT_7_AWaiterReturnsWhenTheValueComes) {
  promise<int> p;
  auto f = p.get_future();
  std::jthread producer([&] { p.set_value(3); });
  EXPECT_EQ(f.result(5s), 3);
}

TEST(Future, FUT_8_ASecondValueIsAnInvalidState) {
  promise<int> p;
  p.set_value(1);
  try {
    p.set_value(2);
    FAIL() << "accepted";
  } catch (const weft::invalid_state& e) {
    EXPECT_NE(std::string(e.what()).find("finished"), std::string::npos) << e.what();
  }
  EXPECT_EQ(p.get_future().result(), 1);
}

TEST(Future, FUT_9_ACancelledOneTakesNoOutcome) {
  promise<int> p;
  auto f = p.get_future();
  f.cancel();
  EXPECT_THROW(p.set_value(1), weft::invalid_state);
  EXPECT_THROW(p.set_exception(an_error()), weft::invalid_state);
  EXPECT_TRUE(f.cancelled());
}

TEST(Future, FUT_10_FUT_11_ManyThreadsSeeOneConsistentOutcome) {
  promise<std::string> p;
  auto f = p.get_future();
  std::vector<std::jthread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([f] {
      for (int n = 0; n < 1000; ++n) {
        if (!f.done()) continue;
        EXPECT_EQ(f.result(0s), "value");
        EXPECT_EQ(f.exception(0s), nullptr);
      }
      EXPECT_EQ(f.result(10s), "value");
    });
  }
  p.set_value("value");
}

TEST(Future, FUT_12_ACallbackRunsOnceWithTheFutureForEveryOutcome) {
  for (const int outcome : {0, 1, 2}) {
    promise<int> p;
    auto f = p.get_future();
    int calls = 0;
    f.add_done_callback([&](const future<int>& done) {
      ++calls;
      EXPECT_EQ(done, f);
      EXPECT_TRUE(done.done());
      if (outcome == 2) {
        EXPECT_TRUE(done.cancelled());
      } else {
        EXPECT_EQ(done.exception(0s) != nullptr, outcome == 1);
      }
    });
    EXPECT_EQ(calls, 0);
    if (outcome == 0) p.set_value(1);
    if (outcome == 1) p.set_exception(an_error());
    if (outcome == 2) f.cancel();
    EXPECT_EQ(calls, 1);
  }
}

TEST(Future, FUT_13_ALateCallbackRunsAtOnceInTheCallingThread) {
  promise<int> p;
  p.set_value(1);
  std::thread::id where;
  p.get_future().add_done_callback([&](const future<int>&) { where = std::this_thread::get_id(); });
  EXPECT_EQ(where, std::this_thread::get_id());
}

TEST(Future, FUT_14_CallbacksRunInTheOrderAdded) {
  promise<int> p;
  auto f = p.get_future();
  std::string order;
  for (const char c : {'a', 'b', 'c'}) {
    f.add_done_callback([&order, c](const future<int>&) { order += c; });
  }
  p.set_value(1);
  EXPECT_EQ(order, "abc");
}

TEST(Future, FUT_15_AProducerClaimsBeforeItRuns) {
  promise<int> go;
  EXPECT_TRUE(go.set_running());
  EXPECT_TRUE(go.get_future().running());
  EXPECT_FALSE(go.get_future().cancel());
  go.set_value(1);
  promise<int> stop;
  auto f = stop.get_future();
  std::jthread waiter([f] { EXPECT_THROW(f.result(10s), weft::cancelled_error); });
  f.cancel();
  EXPECT_FALSE(stop.set_running());
  EXPECT_THROW(go.set_running(), weft::invalid_state);
}

TEST(Future, FUT_16_TheTextNamesTheState) {
  promise<int> p;
  auto f = p.get_future();
  EXPECT_EQ(f.describe(), "<future pending>");
  p.set_running();
  EXPECT_EQ(f.describe(), "<future running>");
  p.set_exception(an_error());
  EXPECT_EQ(f.describe(), "<future finished raised std::out_of_range: gone>");
  EXPECT_NE(f.exception(), nullptr);
  promise<int> c;
  auto g = c.get_future();
  g.cancel();
  EXPECT_EQ(g.describe(), "<future cancelled>");
}

TEST(Future, CBK_3_ACallbackMayAddACallback) {
  promise<int> p;
  auto f = p.get_future();
  int inner = 0;
  f.add_done_callback([&](const future<int>& done) { done.add_done_callback([&](const future<int>&) { ++inner; }); });
  p.set_value(1);
  EXPECT_EQ(inner, 1);
}

TEST(Future, CBK_4_AddingRacesWithCompletionAndLosesNoCall) {
  constexpr int rounds = 100'000;
  std::atomic<int> calls{0};
  std::vector<promise<int>> promises(rounds);
  std::vector<future<int>> futures;
  for (auto& p : promises) futures.push_back(p.get_future());
  std::jthread producer([&] {
    for (auto& p : promises) p.set_value(1);
  });
  for (auto& f : futures) f.add_done_callback([&](const future<int>&) { ++calls; });
  producer.join();
  EXPECT_EQ(calls.load(), rounds);
}

TEST(Future, ACallbackThatThrowsIsReportedAndTheOthersRun) {
  std::vector<weft::error_source> reported;
  auto former = weft::set_error_hook([&](const weft::lost_error& lost) { reported.push_back(lost.source); });
  promise<int> p;
  auto f = p.get_future();
  bool second = false;
  f.add_done_callback([](const future<int>&) { throw std::runtime_error("callback"); });
  f.add_done_callback([&](const future<int>&) { second = true; });
  p.set_value(1);
  weft::set_error_hook(std::move(former));
  EXPECT_TRUE(second);
  EXPECT_EQ(reported, std::vector{weft::error_source::callback});
}

TEST(Future, OWN_3_APromiseThatGoesAwayBreaksItsFuture) {
  future<int> f;
  {
    promise<int> p;
    f = p.get_future();
  }
  EXPECT_THROW(f.result(0s), weft::broken_promise);
}

TEST(Future, VAL_2_VAL_3_ValuesMayBeMoveOnlyAndNotDefaultConstructible) {
  struct only_moved {
    explicit only_moved(int v) : value(std::make_unique<int>(v)) {}
    std::unique_ptr<int> value;
  };
  promise<only_moved> p;
  auto f = p.get_future();
  p.set_value(4);
  EXPECT_EQ(*f.result().value, 4);
  auto other = f;
  EXPECT_THROW(std::move(other).result(), weft::invalid_state) << "another handle exists";
  EXPECT_EQ(*std::move(f).result().value, 4);
  EXPECT_FALSE(f.valid());  // NOLINT(bugprone-use-after-move): an empty handle is the contract
}

TEST(Future, VAL_5_AnOverAlignedResultIsAligned) {
  struct alignas(64) wide {
    std::array<char, 64> bytes{};
  };
  promise<wide> p;
  auto f = p.get_future();
  p.set_value();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&f.result()) % 64, 0U);
}

TEST(Future, AnRvalueResultMovesOutOfTheLastHandleAndCopiesOtherwise) {
  promise<std::string> p;
  auto f = p.get_future();
  auto g = f;
  p.set_value(std::string(100, 'x'));
  EXPECT_EQ(std::move(g).result().size(), 100U);
  EXPECT_EQ(f.result().size(), 100U);
  const char* data = f.result().data();
  const std::string moved = std::move(f).result();
  EXPECT_EQ(moved.data(), data);
}

TEST(Future, ReferencesAreHandedThrough) {
  int target = 1;
  promise<int&> p;
  auto f = p.get_future();
  p.set_value(target);
  f.result() = 5;
  EXPECT_EQ(target, 5);
}

TEST(Future, AnEmptyHandleSaysSo) {
  future<int> f;
  EXPECT_FALSE(f.valid());
  EXPECT_THROW(f.result(), weft::invalid_state);
  EXPECT_THROW(static_cast<void>(f.done()), weft::invalid_state);
}

TEST(Future, EXC_6_AFailureThatNobodyReadIsReportedOnceAndFreed) {
  std::vector<std::string> reported;
  auto former =
      weft::set_error_hook([&](const weft::lost_error& lost) { reported.push_back(weft::describe(lost.error)); });
  auto watched = std::make_shared<int>(1);
  struct carries : std::runtime_error {
    explicit carries(std::shared_ptr<int> p) : std::runtime_error("unread"), payload(std::move(p)) {}
    std::shared_ptr<int> payload;
  };
  {
    promise<int> p;
    auto f = p.get_future();
    auto g = f;
    p.set_exception(std::make_exception_ptr(carries(watched)));
  }
  {
    promise<int> p;
    auto f = p.get_future();
    p.set_exception(std::make_exception_ptr(carries(watched)));
    EXPECT_NE(f.exception(), nullptr);
  }
  weft::set_error_hook(std::move(former));
  ASSERT_EQ(reported.size(), 1U);
  EXPECT_NE(reported.front().find("unread"), std::string::npos);
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(Future, TIM_2_ANegativeTimeoutPolls) {
  promise<int> p;
  auto f = p.get_future();
  EXPECT_THROW(f.result(-1s), weft::timeout_error);
  EXPECT_FALSE(f.wait(-1s));
}

TEST(Future, TIM_4_NoWaitTimesOutEarly) {
  promise<int> p;
  auto f = p.get_future();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(f.wait(20ms));
  EXPECT_GE(std::chrono::steady_clock::now() - start, 20ms);
  const auto again = std::chrono::steady_clock::now();
  EXPECT_EQ(weft::wait(std::vector{f}, {.timeout = 20ms}).not_done.size(), 1U);
  EXPECT_GE(std::chrono::steady_clock::now() - again, 20ms);
}

TEST(Future, TIM_5_AValueAtTheMomentOfExpiryIsNeverLost) {
  for (int round = 0; round < 2000; ++round) {
    promise<int> p;
    auto f = p.get_future();
    std::jthread producer([&] { p.set_value(round); });
    try {
      EXPECT_EQ(f.result(std::chrono::microseconds(round % 100)), round);
    } catch (const weft::timeout_error&) {
      EXPECT_EQ(f.result(10s), round);
    }
  }
}

TEST(Future, WAI_7_CompletionsAtTheMomentOfRegistrationAreNotLost) {
  for (int round = 0; round < 200; ++round) {
    std::vector<promise<int>> promises(100);
    std::vector<future<int>> futures;
    for (auto& p : promises) futures.push_back(p.get_future());
    std::jthread producer([&] {
      for (auto& p : promises) p.set_value(1);
    });
    EXPECT_EQ(weft::wait(futures, {.timeout = 30s}).done.size(), 100U);
  }
}

TEST(Future, WAI_8_TimedWaitsLeaveNothingBehind) {
  promise<int> p;
  auto f = p.get_future();
  const std::vector<future<int>> all{f};
  for (int round = 0; round < 100'000; ++round) {
    EXPECT_EQ(weft::wait(all, {.timeout = round % 100 == 0 ? 10us : 0us}).not_done.size(), 1U);
  }
  int calls = 0;
  f.add_done_callback([&](const future<int>&) { ++calls; });
  p.set_value(1);
  EXPECT_EQ(calls, 1);
}

TEST(Future, ASC_7_AYieldedFutureIsLetGoWhileTheIterationGoesOn) {
  auto watched = std::make_shared<int>(1);
  promise<std::shared_ptr<int>> first;
  promise<std::shared_ptr<int>> second;
  auto range = weft::as_completed(std::vector{first.get_future(), second.get_future()}, 10s);
  first.set_value(watched);
  promise<std::shared_ptr<int>>(std::move(first));
  auto it = range.begin();
  EXPECT_EQ(watched.use_count(), 2);
  second.set_value(nullptr);
  ++it;
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(Future, MEM_3_TheResultDiesWithTheLastHandle) {
  auto watched = std::make_shared<int>(1);
  {
    promise<std::shared_ptr<int>> p;
    auto f = p.get_future();
    p.set_value(watched);
    EXPECT_EQ(watched.use_count(), 2);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

// A callback that had not run yet counted as nobody: the value was moved away from under it, a cancelled block was
// freed between two callbacks, and a promise with nothing but a callback ended without a word.
TEST(Future, ACallbackThatIsDueCountsAsAHandle) {
  promise<std::string> p;
  auto f = p.get_future();
  std::string seen;
  f.add_done_callback([&f, &seen](const future<std::string>& done) {
    EXPECT_EQ(std::move(f).result(), "value");
    seen = done.result();
  });
  p.set_value("value");
  EXPECT_EQ(seen, "value");

  promise<int> c;
  auto g = c.get_future();
  int calls = 0;
  g.add_done_callback([&](const future<int>&) { g = future<int>(); });
  g.add_done_callback([&](const future<int>& done) { calls += done.cancelled() ? 1 : 0; });
  const auto canceller = g;
  canceller.cancel();
  EXPECT_EQ(calls, 1);

  bool told = false;
  {
    promise<int> alone;
    alone.get_future().add_done_callback([&](const future<int>& done) {
      told = true;
      EXPECT_THROW(done.result(), weft::broken_promise);
    });
  }
  EXPECT_TRUE(told);
}

// The callable of a cancelled task was destroyed before the waiters were told: one that waits for them never ended.
TEST(Future, CancelTellsWaitersBeforeItDestroysTheCallable) {
  struct blocks_when_destroyed {
    explicit blocks_when_destroyed(weft::event* e) : until(e) {}
    blocks_when_destroyed(blocks_when_destroyed&& other) noexcept : until(std::exchange(other.until, nullptr)) {}
    blocks_when_destroyed& operator=(blocks_when_destroyed&&) = delete;
    ~blocks_when_destroyed() {
      if (until != nullptr) until->wait(30s);
    }
    weft::event* until;
  };
  weft::event told;
  weft::event go;
  weft::thread_pool_executor pool{{.max_workers = 1}};
  auto busy = pool.submit([&] { go.wait(30s); });
  auto f = pool.submit([held = blocks_when_destroyed(&told)] {});
  std::jthread waiter([&, f] {
    EXPECT_EQ(weft::wait(std::vector{f}, {.timeout = 30s}).done.size(), 1U);
    told.set();
  });
  EXPECT_TRUE(f.cancel());
  EXPECT_TRUE(told.is_set());
  go.set();
}

}  // namespace
