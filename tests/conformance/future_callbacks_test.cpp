// FUT and CBK lines about callbacks: when they run, how often, in which order.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::future;
using weft::promise;

constexpr auto plenty = 30s;

std::exception_ptr an_error() { return std::make_exception_ptr(std::out_of_range("gone")); }

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

TEST(Future, CBK_3_ACallbackMayAddACallback) {
  promise<int> p;
  auto f = p.get_future();
  int inner = 0;
  f.add_done_callback([&](const future<int>& done) { done.add_done_callback([&](const future<int>&) { ++inner; }); });
  p.set_value(1);
  EXPECT_EQ(inner, 1);
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

TEST(ThreadPool, CBK_7_LongChainsOfCallbacksDoNotOverflowTheStack) {
  constexpr int links = 10'000;
  std::vector<weft::promise<int>> promises(links);
  std::vector<weft::future<int>> futures;
  for (auto& p : promises) futures.push_back(p.get_future());
  for (std::size_t i = 0; i + 1 < links; ++i) {
    futures[i].add_done_callback([&promises, i](const weft::future<int>&) { promises[i + 1].set_value(1); });
  }
  promises.front().set_value(1);
  EXPECT_EQ(futures.back().result(plenty), 1);
}

}  // namespace
