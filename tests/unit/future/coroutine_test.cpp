// co_await of futures, and the ways to an executor.
#include "support/allocations.hpp"

#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <coroutine>
#include <memory>
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

/// Runs at once and is destroyed with this handle, wherever it is then.
class coroutine {
 public:
  struct promise_type {
    coroutine get_return_object() { return coroutine(std::coroutine_handle<promise_type>::from_promise(*this)); }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_always final_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    static void unhandled_exception() { throw; }
  };
  coroutine(coroutine&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  coroutine& operator=(coroutine&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~coroutine() { destroy(); }
  void destroy() {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }
  bool finished() const { return handle_.done(); }

 private:
  explicit coroutine(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

coroutine store_value(future<int> f, int& to) { to = co_await f; }

TEST(Coroutine, AwaitingGivesTheValueWhenItIsThere) {
  promise<int> p;
  int value = 0;
  const auto c = store_value(p.get_future(), value);
  EXPECT_FALSE(c.finished());
  p.set_value(3);
  EXPECT_TRUE(c.finished());
  EXPECT_EQ(value, 3);
}

TEST(Coroutine, ADoneFutureDoesNotSuspend) {
  promise<int> p;
  p.set_value(3);
  int value = 0;
  const auto c = store_value(p.get_future(), value);
  EXPECT_TRUE(c.finished());
  EXPECT_EQ(value, 3);
}

TEST(Coroutine, ItGoesOnInTheThreadThatEndsTheTask) {
  promise<void> p;
  std::thread::id where;
  const auto wait = [&](future<void> f) -> coroutine {
    co_await f;
    where = std::this_thread::get_id();
  };
  const auto c = wait(p.get_future());
  std::thread producer([&] { p.set_value(); });
  const auto id = producer.get_id();
  producer.join();
  EXPECT_EQ(where, id);
}

TEST(Coroutine, ErrorsAndCancellationsAreThrown) {
  promise<int> bad;
  promise<int> cancelled;
  std::string seen;
  const auto wait = [&](future<int> f) -> coroutine {
    try {
      co_await f;
    } catch (const weft::cancelled_error&) {
      seen += "c";
    } catch (const std::out_of_range&) {
      seen += "e";
    }
  };
  const auto a = wait(bad.get_future());
  const auto b = wait(cancelled.get_future());
  bad.set_exception(std::make_exception_ptr(std::out_of_range("gone")));
  cancelled.get_future().cancel();
  EXPECT_EQ(seen, "ec");
}

TEST(Coroutine, AnLvalueGivesAReferenceAndAnRvalueTheValue) {
  promise<std::unique_ptr<int>> p;
  int sum = 0;
  const auto wait = [&](future<std::unique_ptr<int>> f) -> coroutine {
    const std::unique_ptr<int>& shared = co_await f;
    sum += *shared;
    const std::unique_ptr<int> own = co_await std::move(f);
    sum += *own;
  };
  const auto c = wait(p.get_future());
  p.set_value(std::make_unique<int>(2));
  EXPECT_EQ(sum, 4);
}

TEST(Coroutine, AnEmptyFutureSaysSo) {
  bool thrown = false;
  const auto wait = [&]() -> coroutine {
    const future<int> empty;
    try {
      co_await empty;
    } catch (const weft::invalid_state&) {
      thrown = true;
    }
  };
  const auto c = wait();
  EXPECT_TRUE(thrown);
}

TEST(Coroutine, AwaitingDoesNotAllocate) {
  promise<int> p;
  std::size_t before = 0;
  std::size_t after = 0;
  const auto wait = [&](future<int> f) -> coroutine {
    before = weft::test::allocations();
    co_await f;
    after = weft::test::allocations();
  };
  const auto c = wait(p.get_future());
  p.set_value(1);
  EXPECT_TRUE(c.finished());
  EXPECT_EQ(after, before);
}

TEST(Coroutine, ADestroyedOneTakesItsLinkBack) {
  promise<int> p;
  const auto f = p.get_future();
  int value = 0;
  auto watched = std::make_shared<int>(1);
  const auto wait = [](future<int> awaited, int& to, std::shared_ptr<int> held) -> coroutine {
    to = co_await awaited + *held;
  };
  {
    const auto c = wait(f, value, watched);
    EXPECT_EQ(watched.use_count(), 2);
  }
  EXPECT_EQ(watched.use_count(), 1);
  p.set_value(1);
  EXPECT_EQ(value, 0);
}

// Of two coroutines that wait for the same future the first destroys the other: the future is done already, and the
// other's link in the hands of the thread that resumes both.
TEST(Coroutine, OneMayDestroyAnotherThatWaitsForTheSameFuture) {
  promise<int> p;
  const auto f = p.get_future();
  int value = 0;
  std::unique_ptr<coroutine> second;
  const auto destroy = [](future<int> awaited, std::unique_ptr<coroutine>& other) -> coroutine {
    co_await awaited;
    other.reset();
  };
  const auto first = destroy(f, second);
  second = std::make_unique<coroutine>(store_value(f, value));
  p.set_value(1);
  EXPECT_TRUE(first.finished());
  EXPECT_EQ(value, 0);
}

TEST(Coroutine, WhatItLetsOutGoesToTheErrorHook) {
  std::vector<weft::error_source> reported;
  auto former = weft::set_error_hook([&](const weft::lost_error& lost) { reported.push_back(lost.source); });
  promise<int> p;
  const auto wait = [](future<int> f) -> coroutine {
    co_await f;
    throw std::runtime_error("let out");
  };
  const auto c = wait(p.get_future());
  p.set_value(1);
  weft::set_error_hook(std::move(former));
  EXPECT_EQ(reported, std::vector{weft::error_source::callback});
}

// As a future that resumes a coroutine, which sets the next one, and so on.
TEST(Coroutine, CBK_7_LongChainsDoNotOverflowTheStack) {
  constexpr std::size_t links = 20'000;
  std::vector<promise<int>> promises(links + 1);
  std::vector<coroutine> all;
  all.reserve(links);
  const auto pass_on = [](future<int> from, promise<int>& to) -> coroutine { to.set_value(co_await from + 1); };
  for (std::size_t i = 0; i < links; ++i) all.push_back(pass_on(promises[i].get_future(), promises[i + 1]));
  promises.front().set_value(0);
  EXPECT_EQ(promises.back().get_future().result(0s), static_cast<int>(links));
}

TEST(Coroutine, EndsRaceWithAwaits) {
  for (int round = 0; round < 3000; ++round) {
    promise<int> p;
    int value = 0;
    weft::event finished;
    const auto wait = [&](future<int> f) -> coroutine {
      value = co_await f;
      finished.set();
    };
    auto f = p.get_future();
    std::jthread producer([&] { p.set_value(1); });
    const auto c = wait(std::move(f));
    ASSERT_TRUE(finished.wait(plenty));
    producer.join();
    EXPECT_EQ(value, 1);
  }
}

TEST(Coroutine, ResumeOnGoesToTheExecutor) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  const auto worker = pool.submit([] { return std::this_thread::get_id(); }).result(plenty);
  promise<int> p;
  promise<int> ready;
  ready.set_value(2);
  weft::event finished;
  std::vector<std::thread::id> where;
  int sum = 0;
  const auto wait = [&](future<int> f) -> coroutine {
    sum += co_await weft::resume_on(pool, f);
    where.push_back(std::this_thread::get_id());
    sum += co_await weft::resume_on(pool, ready.get_future());
    where.push_back(std::this_thread::get_id());
    co_await weft::schedule(pool);
    where.push_back(std::this_thread::get_id());
    finished.set();
  };
  const auto c = wait(p.get_future());
  p.set_value(1);
  ASSERT_TRUE(finished.wait(plenty));
  EXPECT_EQ(sum, 3);
  EXPECT_EQ(where, std::vector(3, worker));
  pool.shutdown();
}

TEST(Coroutine, AnExecutorThatRefusesIsReportedWhereTheTaskEnds) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  pool.shutdown();
  promise<int> p;
  int refusals = 0;
  std::thread::id where;
  const auto wait = [&](future<int> f) -> coroutine {
    try {
      co_await weft::resume_on(pool, f);
    } catch (const weft::shutdown_error&) {
      where = std::this_thread::get_id();
      ++refusals;
    }
    try {
      co_await weft::schedule(pool);
    } catch (const weft::shutdown_error&) {
      ++refusals;
    }
    try {
      co_await weft::resume_on(pool, f);
    } catch (const weft::shutdown_error&) {
      ++refusals;
    }
  };
  const auto c = wait(p.get_future());
  p.set_value(1);
  EXPECT_TRUE(c.finished());
  EXPECT_EQ(refusals, 3);
  EXPECT_EQ(where, std::this_thread::get_id());
}

TEST(Coroutine, AnExecutorThatDropsItIsReportedToo) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  weft::event go;
  weft::event busy;
  auto running = pool.submit([&] {
    busy.set();
    go.wait(plenty);
  });
  ASSERT_TRUE(busy.wait(plenty));
  bool told = false;
  const auto wait = [&]() -> coroutine {
    try {
      co_await weft::schedule(pool);
    } catch (const weft::cancelled_error&) {
      told = true;
    }
  };
  const auto c = wait();
  EXPECT_FALSE(c.finished());
  pool.shutdown(weft::wait_for::nothing, weft::pending::cancel);
  EXPECT_TRUE(told);
  EXPECT_TRUE(c.finished());
  go.set();
}

TEST(Coroutine, OneThatWaitsInAnExecutorsQueueMayBeDestroyed) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  weft::event go;
  auto running = pool.submit([&] { go.wait(plenty); });
  bool resumed = false;
  const auto wait = [&]() -> coroutine {
    co_await weft::schedule(pool);
    resumed = true;
  };
  wait().destroy();
  go.set();
  pool.shutdown();
  EXPECT_FALSE(resumed);
}

TEST(Coroutine, HopsRaceWithShutdown) {
  for (int round = 0; round < 500; ++round) {
    weft::thread_pool_executor pool{{.max_workers = 1}};
    weft::event finished;
    const auto wait = [&]() -> coroutine {
      try {
        for (int i = 0; i < 100; ++i) co_await weft::schedule(pool);
      } catch (const weft::error&) {  // NOLINT(bugprone-empty-catch): refused or dropped, both are right
      }
      finished.set();
    };
    const auto c = wait();
    pool.shutdown(weft::wait_for::nothing, weft::pending::cancel);
    ASSERT_TRUE(finished.wait(plenty));
    pool.shutdown();
  }
}

}  // namespace
