// What the thread pool can be told: names, priorities, delays, bounds, sizes; and what it tells.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <sched.h>
#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::thread_pool_executor;

constexpr auto plenty = 30s;

TEST(PoolFeatures, ATaskKnowsItsNameAndItsExecutor) {
  thread_pool_executor pool{{.max_workers = 1}};
  EXPECT_EQ(pool.submit({.name = "nightly"}, [] { return weft::this_task::name(); }).result(plenty), "nightly");
  EXPECT_EQ(pool.submit([] { return weft::this_task::name(); }).result(plenty), "");
  EXPECT_TRUE(pool.submit([&] { return weft::this_task::executor() == weft::executor_ref(pool); }).result(plenty));
  EXPECT_FALSE(weft::this_task::running());
  EXPECT_FALSE(weft::this_task::executor());
  const int sum = pool.submit([] {
                        auto inner = weft::this_task::executor().submit([](int x) { return x + 1; }, 1);
                        return inner.result();
                      })
                      .result(plenty);
  EXPECT_EQ(sum, 2);
}

TEST(PoolFeatures, ANamedTasksNameStandsInItsTextAndInTheReportOfItsLostError) {
  std::string reported;
  auto former = weft::set_error_hook([&](const weft::lost_error& lost) { reported = lost.task; });
  {
    thread_pool_executor pool{{.max_workers = 1}};
    auto f = pool.submit({.name = "loader"}, [] { throw std::runtime_error("no file"); });
    EXPECT_TRUE(f.wait(plenty));
    EXPECT_NE(f.describe().find("'loader'"), std::string::npos) << f.describe();
  }
  weft::set_error_hook(std::move(former));
  EXPECT_EQ(reported, "loader");
}

TEST(PoolFeatures, HigherPrioritiesAreStartedFirst) {
  thread_pool_executor pool{{.max_workers = 1}};
  weft::event go;
  auto busy = pool.submit([&] { go.wait(plenty); });
  while (!busy.running()) std::this_thread::yield();
  weft::guarded<std::string> order;
  std::vector<weft::future<void>> all;
  const auto note = [&order](char c) { *order.lock() += c; };
  all.push_back(pool.submit({.priority = -1}, note, 'z'));
  all.push_back(pool.submit(note, 'm'));
  all.push_back(pool.submit({.priority = 1}, note, 'b'));
  all.push_back(pool.submit({.priority = 7}, note, 'a'));
  all.push_back(pool.submit({.priority = 1}, note, 'c'));
  all.push_back(pool.submit(note, 'n'));
  go.set();
  EXPECT_EQ(weft::wait(all, {.timeout = plenty}).done.size(), all.size());
  EXPECT_EQ(*order.lock(), "abcmnz");
}

TEST(PoolFeatures, ADelayedTaskIsNotStartedBeforeItsTime) {
  for (const std::size_t workers : {1U, 3U}) {
    thread_pool_executor pool{{.max_workers = workers}};
    const auto start = std::chrono::steady_clock::now();
    const auto now = [] { return std::chrono::steady_clock::now(); };
    auto late = pool.submit({.delay = 60ms}, now);
    auto soon = pool.submit({.delay = 20ms}, now);
    EXPECT_EQ(pool.statistics().delayed, 2U);
    EXPECT_GE(soon.result(plenty) - start, 20ms);
    EXPECT_GE(late.result(plenty) - start, 60ms);
    EXPECT_LT(soon.result(), late.result());
  }
}

// Whoever kept time took a task, and nobody kept it after that: later tasks waited for that one to end.
TEST(PoolFeatures, ADelayedTaskDoesNotWaitForOneThatWasDueBefore) {
  thread_pool_executor pool{{.max_workers = 2}};
  weft::event second_ran;
  auto first = pool.submit({.delay = 5ms}, [&] { return second_ran.wait(plenty); });
  auto second = pool.submit({.delay = 20ms}, [&] { second_ran.set(); });
  EXPECT_TRUE(first.result(plenty));
}

// A task that was due earlier than those that waited was noticed only if no worker happened to look around.
TEST(PoolFeatures, AnEarlierDelayedTaskIsNotOverslept) {
  for (int round = 0; round < 300; ++round) {
    thread_pool_executor pool{{.max_workers = 2}};
    pool.submit([] {}).wait(plenty);
    auto late = pool.submit({.delay = 1h}, [] {});
    auto soon = pool.submit({.delay = 1ms}, [] {});
    ASSERT_TRUE(soon.wait(plenty));
    pool.shutdown(weft::wait_for::tasks, weft::pending::cancel);
  }
}

TEST(PoolFeatures, ShutdownWaitsForDelayedTasksUnlessTheyAreCancelled) {
  weft::future<int> ran;
  weft::future<int> cancelled;
  {
    thread_pool_executor pool{{.max_workers = 2}};
    ran = pool.submit({.delay = 30ms}, [] { return 1; });
  }
  EXPECT_EQ(ran.result(0s), 1);
  {
    thread_pool_executor pool{{.max_workers = 2}};
    cancelled = pool.submit({.delay = 1h}, [] { return 1; });
    pool.shutdown(weft::wait_for::tasks, weft::pending::cancel);
  }
  EXPECT_TRUE(cancelled.cancelled());
}

TEST(PoolFeatures, AFullQueueRefusesOrRunsInTheCallerOrBlocks) {
  weft::event go;
  const auto fill = [&](thread_pool_executor& pool) {
    auto busy = pool.submit([&] { go.wait(plenty); });
    while (!busy.running()) std::this_thread::yield();
    return std::vector{busy, pool.submit([] {}), pool.submit([] {})};
  };
  thread_pool_executor refusing{{.max_workers = 1, .max_queued = 2, .on_full = weft::when_full::refuse}};
  const auto first = fill(refusing);
  EXPECT_THROW(static_cast<void>(refusing.submit([] {})), weft::queue_full);

  thread_pool_executor running{{.max_workers = 1, .max_queued = 2, .on_full = weft::when_full::run_in_caller}};
  const auto second = fill(running);
  auto here = running.submit([] { return std::this_thread::get_id(); });
  EXPECT_EQ(here.result(0s), std::this_thread::get_id());

  thread_pool_executor blocking{{.max_workers = 1, .max_queued = 2}};
  const auto third = fill(blocking);
  std::atomic<bool> submitted{false};
  std::jthread producer([&] {
    static_cast<void>(blocking.submit([] {}));
    submitted = true;
  });
  EXPECT_FALSE(submitted);
  go.set();
  producer.join();
  EXPECT_TRUE(submitted);
}

TEST(PoolFeatures, AWorkerNeverBlocksOnTheBoundOfItsOwnPool) {
  thread_pool_executor pool{{.max_workers = 1, .max_queued = 1}};
  const auto spawn = [&] {
    std::vector<weft::future<int>> inner;
    for (int i = 0; i < 50; ++i) inner.push_back(pool.submit([i] { return i; }));
    inner.push_back(pool.submit({.priority = 2}, [] { return 1000; }));
    int sum = 0;
    for (auto& f : inner) sum += f.result();
    return sum;
  };
  for (int round = 0; round < 20; ++round) EXPECT_EQ(pool.submit(spawn).result(plenty), 2225);
}

TEST(PoolFeatures, AShutdownWakesABlockedSubmitter) {
  weft::event go;
  thread_pool_executor pool{{.max_workers = 1, .max_queued = 1}};
  auto busy = pool.submit([&] { go.wait(plenty); });
  while (!busy.running()) std::this_thread::yield();
  auto waiting = pool.submit([] {});
  std::jthread producer([&] { EXPECT_THROW(static_cast<void>(pool.submit([] {})), weft::shutdown_error); });
  pool.shutdown(weft::wait_for::nothing);
  producer.join();
  go.set();
  EXPECT_TRUE(waiting.wait(plenty));
}

TEST(PoolFeatures, ResizeStartsMoreAndEndsSurplusWorkersWithoutLosingTasks) {
  thread_pool_executor pool{{.max_workers = 1}};
  for (const std::size_t size : {4U, 2U, 1U, 3U, 1U, 4U}) {
    pool.resize(size);
    std::vector<weft::future<int>> all;
    for (int i = 0; i < 200; ++i) {
      all.push_back(pool.submit([&pool, i] { return pool.submit([i] { return i; }).result(); }));
    }
    for (int i = 0; i < 200; ++i) ASSERT_EQ(all[static_cast<std::size_t>(i)].result(plenty), i);
  }
  pool.resize(4);
  std::latch all_four(4);
  std::vector<weft::future<void>> together;
  for (int i = 0; i < 4; ++i) together.push_back(pool.submit([&] { all_four.arrive_and_wait(); }));
  ASSERT_EQ(weft::wait(together, {.timeout = plenty}).done.size(), 4U);
  pool.resize(1);
  while (pool.workers() > 1) std::this_thread::yield();
  EXPECT_THROW(pool.resize(0), weft::invalid_argument);
}

TEST(PoolFeatures, TheFinalizerRunsOnceInEachWorkerAfterItsLastTask) {
  std::atomic<int> ended{0};
  std::atomic<int> ran{0};
  {
    thread_pool_executor pool{{.max_workers = 2, .finalizer = [&] { ended += ran.load() == 100 ? 1 : 1000; }}};
    for (int i = 0; i < 100; ++i) pool.post([&] { ++ran; });
    pool.shutdown();
    EXPECT_GE(ended.load(), 1);
    EXPECT_LE(ended.load(), 2);
  }
}

TEST(PoolFeatures, WorkersStayOnTheProcessorsTheyWereGiven) {
  ::cpu_set_t own;
  ASSERT_EQ(::sched_getaffinity(0, sizeof own, &own), 0);
  int first = 0;
  while (!CPU_ISSET(static_cast<std::size_t>(first), &own)) ++first;
  thread_pool_executor pool{{.max_workers = 1, .affinity = {first}}};
  EXPECT_EQ(pool.submit([] {
                  ::cpu_set_t mine;
                  ::sched_getaffinity(0, sizeof mine, &mine);
                  return CPU_COUNT(&mine);
                })
                .result(plenty),
            1);
}

TEST(PoolFeatures, StatisticsCountWhatEnded) {
  thread_pool_executor pool{{.max_workers = 2}};
  weft::event go;
  auto busy = pool.submit([&] { go.wait(plenty); });
  while (!busy.running()) std::this_thread::yield();
  std::vector<weft::future<int>> good;
  for (int i = 0; i < 10; ++i) good.push_back(pool.submit([i] { return i; }));
  auto bad = pool.submit([]() -> int { throw std::runtime_error("bad"); });
  EXPECT_NE(bad.exception(plenty), nullptr);
  EXPECT_GE(pool.statistics().running, 1U);
  go.set();
  pool.shutdown();
  const auto now = pool.statistics();
  EXPECT_EQ(now.succeeded, 11U);
  EXPECT_EQ(now.failed, 1U);
  EXPECT_EQ(now.queued, 0U);
  EXPECT_EQ(now.running, 0U);
}

TEST(PoolFeatures, ARunningTaskIsAskedToStop) {
  thread_pool_executor pool{{.max_workers = 1}};
  weft::event started;
  const auto until_stopped = [&] {
    const auto token = weft::this_task::stop_token();
    weft::event stopped;
    const std::stop_callback wake(token, [&] { stopped.set(); });
    started.set();
    return stopped.wait(plenty) && weft::this_task::stop_requested();
  };
  auto one = pool.submit(until_stopped);
  started.wait(plenty);
  EXPECT_TRUE(one.request_stop());
  EXPECT_TRUE(one.result(plenty));
  EXPECT_FALSE(one.request_stop());

  started.clear();
  auto two = pool.submit(until_stopped);
  started.wait(plenty);
  pool.shutdown(weft::wait_for::tasks, weft::pending::run, weft::running::request_stop);
  EXPECT_TRUE(two.result(0s));
}

TEST(PoolFeatures, AStopAskedForBeforeTheTaskRunsReachesIt) {
  thread_pool_executor pool{{.max_workers = 1}};
  weft::event go;
  auto busy = pool.submit([&] { go.wait(plenty); });
  auto later = pool.submit([] { return weft::this_task::stop_token().stop_requested(); });
  EXPECT_TRUE(later.request_stop());
  go.set();
  EXPECT_TRUE(later.result(plenty));
}

TEST(PoolFeatures, AThreadThatIsNoWorkerMayRunTheTaskItWaitsFor) {
  thread_pool_executor pool{{.max_workers = 1}};
  weft::event go;
  auto busy = pool.submit([&] { go.wait(plenty); });
  while (!busy.running()) std::this_thread::yield();
  auto f = pool.submit([] { return std::this_thread::get_id(); });
  EXPECT_EQ(f.result(plenty, weft::waiter::may_run_it), std::this_thread::get_id());
  go.set();
}

TEST(PoolNesting, NST_3_PoolsThatStarveEachOtherAreReportedWithNames) {
  thread_pool_executor a{{.max_workers = 1}};
  thread_pool_executor b{{.max_workers = 1}};
  auto f = a.submit({.name = "first"}, [&] {
    return b.submit({.name = "second"}, [&] { return a.submit({.name = "third"}, [] { return 1; }).result(); })
        .result();
  });
  try {
    f.result(plenty);
    FAIL() << "nothing was thrown";
  } catch (const weft::would_deadlock& e) {
    const std::string text = e.what();
    EXPECT_NE(text.find("task 'second' waits for task 'third'"), std::string::npos) << text;
  }
}

TEST(PoolNesting, NST_4_TasksThatWaitForEachOtherAreReportedWithNames) {
  for (int round = 0; round < 50; ++round) {
    thread_pool_executor pool{{.max_workers = 2}};
    weft::promise<weft::future<int>> of_a;
    weft::promise<weft::future<int>> of_b;
    auto a_handle = of_a.get_future();
    auto b_handle = of_b.get_future();
    auto a = pool.submit({.name = "A"}, [b_handle] { return weft::future<int>(b_handle.result()).result(); });
    auto b = pool.submit({.name = "B"}, [a_handle] { return weft::future<int>(a_handle.result()).result(); });
    of_a.set_value(a);
    of_b.set_value(b);
    try {
      a.result(plenty);
      FAIL() << "nothing was thrown";
    } catch (const weft::would_deadlock& e) {
      EXPECT_NE(std::string(e.what()).find("task 'A'"), std::string::npos) << e.what();
      EXPECT_NE(std::string(e.what()).find("task 'B'"), std::string::npos) << e.what();
    }
    EXPECT_THROW(b.result(plenty), weft::would_deadlock);
  }
}

}  // namespace
