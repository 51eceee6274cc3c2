// SUB and INI lines that concern the thread pool alone: workers, their names, their number, their initializer.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <pthread.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <latch>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::thread_pool_executor;

constexpr auto plenty = 30s;

std::string own_name() {
  std::array<char, 16> name{};
  ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  return name.data();
}

TEST(ThreadPool, SUB_3_TheDefaultNumberOfWorkers) {
  thread_pool_executor pool;
  EXPECT_EQ(pool.max_workers(), std::min<std::size_t>(32, weft::cpu_count() + 4));
}

TEST(ThreadPool, SUB_4_NoMoreThreadsThanAsked) {
  thread_pool_executor pool{{.max_workers = 4}};
  weft::semaphore permits(0);
  std::vector<weft::future<bool>> all;
  for (int i = 0; i < 60; ++i) all.push_back(pool.submit([&] { return permits.acquire(plenty); }));
  EXPECT_EQ(pool.workers(), 4U);
  permits.release(60);
  EXPECT_EQ(weft::wait(all, {.timeout = plenty}).done.size(), 60U);
}

TEST(ThreadPool, SUB_5_ThreadsStartOnlyAsNeeded) {
  thread_pool_executor pool{{.max_workers = 100}};
  EXPECT_EQ(pool.workers(), 0U);
  for (int i = 0; i < 3; ++i) pool.submit([] {}).wait(plenty);
  EXPECT_LE(pool.workers(), 3U);
}

TEST(ThreadPool, SUB_6_WorkersCarryTheirPrefixAndNumber) {
  thread_pool_executor pool{{.max_workers = 5, .thread_name_prefix = "SpecialPool"}};
  weft::semaphore permits(0);
  weft::guarded<std::set<std::string>> names;
  std::vector<weft::future<void>> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(pool.submit([&] {
      names.with([](auto& n) { n.insert(own_name()); });
      permits.acquire(plenty);
    }));
  }
  while (names.with([](auto& n) { return n.size(); }) < 5) std::this_thread::yield();
  permits.release(5);
  pool.shutdown();
  EXPECT_EQ(*names.lock(), (std::set<std::string>{"SpecialPool_0", "SpecialPool_1", "SpecialPool_2", "SpecialPool_3",
                                                  "SpecialPool_4"}));
}

TEST(ThreadPool, SUB_10_AnyTypeMayBeThrown) {
  thread_pool_executor pool{{.max_workers = 1}};
  auto f = pool.submit([] { throw 42; });
  try {
    f.result(plenty);
    FAIL() << "nothing was thrown";
  } catch (int value) {
    EXPECT_EQ(value, 42);
  }
}

TEST(ThreadPool, INI_1_INI_3_TheInitializerRunsOnceInEachWorkerBeforeItsTasks) {
  static thread_local int runs_here = 0;
  thread_pool_executor pool{{.max_workers = 2, .initializer = [] { ++runs_here; }}};
  std::vector<weft::future<int>> seen;
  for (int i = 0; i < 100; ++i) seen.push_back(pool.submit([] { return runs_here; }));
  for (auto& f : seen) EXPECT_EQ(f.result(plenty), 1);
}

TEST(ThreadPool, INI_2_AFailedInitializerBreaksThePoolAndIsReported) {
  weft::guarded<std::string> reported;
  auto former =
      weft::set_error_hook([&](const weft::lost_error& lost) { *reported.lock() = weft::describe(lost.error); });
  {
    thread_pool_executor pool{{.max_workers = 1, .initializer = [] { throw std::runtime_error("no licence"); }}};
    auto f = pool.submit([] { return 1; });
    EXPECT_THROW(f.result(plenty), weft::broken_thread_pool);
    EXPECT_THROW(static_cast<void>(pool.submit([] { return 1; })), weft::broken_thread_pool);
  }
  weft::set_error_hook(std::move(former));
  EXPECT_NE(reported.lock()->find("no licence"), std::string::npos);
}

TEST(ThreadPool, PostedErrorsGoToTheHook) {
  weft::guarded<std::vector<weft::error_source>> reported;
  auto former = weft::set_error_hook([&](const weft::lost_error& lost) { reported.lock()->push_back(lost.source); });
  {
    thread_pool_executor pool{{.max_workers = 1}};
    pool.post([] { throw std::runtime_error("posted"); });
  }
  weft::set_error_hook(std::move(former));
  EXPECT_EQ(*reported.lock(), std::vector{weft::error_source::posted_task});
}

// A pool that had one idle worker gave it the first of several tasks and started no thread for the others: tasks that
// needed each other never met.
TEST(ThreadPool, BlockedTasksGetThreadsOfTheirOwnAfterAnIdleTime) {
  for (int round = 0; round < 20; ++round) {
    thread_pool_executor pool{{.max_workers = 4}};
    pool.submit([] {}).wait(plenty);
    std::latch all(4);
    std::vector<weft::future<void>> tasks;
    for (int i = 0; i < 4; ++i) tasks.push_back(pool.submit([&] { all.arrive_and_wait(); }));
    ASSERT_EQ(weft::wait(tasks, {.timeout = plenty}).done.size(), 4U);
  }
}

// A worker that had taken a task from another one's deque looked only into its own for more: sleepers slept on beside
// tasks that a blocked worker had spawned.
TEST(ThreadPool, SpawnedTasksReachEverySleeper) {
  for (int round = 0; round < 20; ++round) {
    thread_pool_executor pool{{.max_workers = 4}};
    std::latch warm(4);
    std::vector<weft::future<void>> starters;
    for (int i = 0; i < 4; ++i) starters.push_back(pool.submit([&] { warm.arrive_and_wait(); }));
    ASSERT_EQ(weft::wait(starters, {.timeout = plenty}).done.size(), 4U);
    std::latch all(4);
    auto spawner = pool.submit([&] {
      for (int i = 0; i < 3; ++i) pool.post([&] { all.arrive_and_wait(); });
      all.arrive_and_wait();
    });
    ASSERT_TRUE(spawner.wait(plenty));
  }
}

}  // namespace
