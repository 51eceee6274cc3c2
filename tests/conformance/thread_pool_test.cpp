// Lines of the conformance list that concern the thread pool alone: names, nesting, ownership, captures.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <pthread.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <set>
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

TEST(ThreadPool, SCL_5_ManyWorkersNeedAnExplicitWordAndAreCheap) {
  EXPECT_THROW(thread_pool_executor({.max_workers = 1'000'000}), weft::invalid_argument);
  thread_pool_executor pool{{.max_workers = 1'000'000, .allow_many_workers = true}};
  EXPECT_EQ(pool.submit([] { return 1; }).result(plenty), 1);
  EXPECT_LE(pool.workers(), 1U);
}

// NST-1 and the line: tasks that each submit and await another, with two workers and with one.
TEST(ThreadPool, NST_1_TasksMayWaitForTasksOfTheirOwnPool) {
  for (const std::size_t workers : {std::size_t{1}, std::size_t{2}}) {
    for (const int way : {0, 1, 2, 3, 4}) {
      thread_pool_executor pool{{.max_workers = workers}};
      std::vector<weft::future<int>> outer;
      for (int i = 0; i < 4; ++i) {
        outer.push_back(pool.submit([&pool, i, way] {
          auto inner = pool.submit([i] { return i * 10; });
          if (way == 1) return inner.result(plenty);
          if (way == 2) return weft::wait(std::vector{inner}, {.timeout = plenty}).done.at(0).result();
          if (way == 3) {
            int sum = 0;
            for (auto& f : weft::as_completed(std::vector{inner}, plenty)) sum += f.result();
            return sum;
          }
          if (way == 4) {
            int sum = 0;
            for (int r : pool.map([](int x) { return x * 10; }, std::vector{i}, {.timeout = plenty})) sum += r;
            return sum;
          }
          return inner.result();
        }));
      }
      for (int i = 0; i < 4; ++i) EXPECT_EQ(outer[static_cast<std::size_t>(i)].result(plenty), i * 10) << "way " << way;
    }
  }
}

TEST(ThreadPool, NST_2_ATaskThatWaitsForItselfIsTold) {
  thread_pool_executor pool{{.max_workers = 1}};
  weft::promise<weft::future<int>> handle;
  auto own = handle.get_future();
  auto f = pool.submit([own] {
    auto me = own.result(plenty);
    return me.result();
  });
  handle.set_value(f);
  EXPECT_THROW(f.result(plenty), weft::would_deadlock);
}

TEST(ThreadPool, NST_5_DeepNestingEndsInAnErrorAndNotInACrash) {
  thread_pool_executor pool{{.max_workers = 1}};
  std::function<int(int)> nest = [&](int depth) -> int {
    return depth == 0 ? 0 : 1 + pool.submit(nest, depth - 1).result();
  };
  EXPECT_EQ(pool.submit(nest, 100).result(plenty), 100);
  try {
    EXPECT_EQ(pool.submit(nest, 10'000).result(plenty), 10'000);
  } catch (const weft::would_deadlock& e) {
    EXPECT_NE(std::string(e.what()).find("deeply"), std::string::npos);
  }
  EXPECT_EQ(pool.submit([] { return 1; }).result(plenty), 1);
}

TEST(ThreadPool, OWN_1_TheLastOwnerMayBeATaskOfThePool) {
  weft::event ended;
  auto pool = std::make_shared<thread_pool_executor>(weft::thread_pool_options{.max_workers = 1});
  weft::event go;
  static_cast<void>(pool->submit([pool, &go, &ended]() mutable {
    go.wait(plenty);
    pool.reset();
    ended.set();
  }));
  pool.reset();
  go.set();
  EXPECT_TRUE(ended.wait(plenty));
}

TEST(ThreadPool, OWN_2_ATaskThatWaitsForItsPoolsShutdownIsTold) {
  thread_pool_executor pool{{.max_workers = 1}};
  EXPECT_THROW(pool.submit([&] { pool.shutdown(); }).result(plenty), weft::would_deadlock);
  EXPECT_EQ(pool.submit([] { return 2; }).result(plenty), 2) << "nothing was changed";
  pool.submit([&] { pool.shutdown(weft::wait_for::nothing); }).result(plenty);
  EXPECT_THROW(static_cast<void>(pool.submit([] {})), weft::shutdown_error);
}

TEST(ThreadPool, CBK_2_CBK_6_ACallbackMayShutItsPoolDown) {
  thread_pool_executor pool{{.max_workers = 1}};
  weft::event called;
  weft::event go;
  auto f = pool.submit([&] { go.wait(plenty); });
  f.add_done_callback([&](const weft::future<void>&) {
    pool.shutdown(weft::wait_for::tasks);
    called.set();
  });
  go.set();
  EXPECT_TRUE(called.wait(plenty));
  EXPECT_THROW(static_cast<void>(pool.submit([] {})), weft::shutdown_error);
}

TEST(ThreadPool, CBK_5_ASubmitAfterShutdownInACallbackIsReported) {
  weft::guarded<std::string> reported;
  auto former =
      weft::set_error_hook([&](const weft::lost_error& lost) { *reported.lock() = weft::describe(lost.error); });
  {
    thread_pool_executor pool{{.max_workers = 1}};
    weft::event go;
    auto f = pool.submit([&] { go.wait(plenty); });
    f.add_done_callback([&](const weft::future<void>&) { pool.post([] {}); });
    pool.shutdown(weft::wait_for::nothing);
    go.set();
  }
  weft::set_error_hook(std::move(former));
  EXPECT_NE(reported.lock()->find("shutdown_error"), std::string::npos);
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

TEST(ThreadPool, MEM_1_TheClosureIsDestroyedBeforeTheResultIsTold) {
  thread_pool_executor pool{{.max_workers = 1}};
  auto watched = std::make_shared<int>(1);
  auto f = pool.submit([watched] { return *watched; });
  EXPECT_EQ(f.result(plenty), 1);
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(ThreadPool, MEM_2_ACancelledTasksClosureIsDestroyedAtOnce) {
  thread_pool_executor pool{{.max_workers = 1}};
  weft::event go;
  auto busy = pool.submit([&] { go.wait(plenty); });
  auto watched = std::make_shared<int>(1);
  auto f = pool.submit([watched] {});
  EXPECT_TRUE(f.cancel());
  EXPECT_EQ(watched.use_count(), 1);
  go.set();
}

TEST(ThreadPool, VAL_2_VAL_4_MoveOnlyCallablesAndArguments) {
  thread_pool_executor pool{{.max_workers = 1}};
  auto owned = std::make_unique<int>(3);
  auto f = pool.submit([p = std::move(owned)](std::unique_ptr<int> q) { return *p + *q; }, std::make_unique<int>(4));
  EXPECT_EQ(f.result(plenty), 7);
}

TEST(ThreadPool, VAL_6_EverythingThatStdInvokeTakes) {
  struct thing {
    int value = 5;
    int get() const noexcept { return value; }
  };
  thread_pool_executor pool{{.max_workers = 1}};
  EXPECT_EQ(pool.submit(&thing::get, thing()).result(plenty), 5);
  EXPECT_EQ(pool.submit(&thing::value, thing()).result(plenty), 5);
  EXPECT_EQ(pool.submit([n = 0]() mutable { return ++n; }).result(plenty), 1);
  EXPECT_EQ(pool.submit(std::plus<>(), 1, 2).result(plenty), 3);
}

TEST(ThreadPool, VAL_7_ArgumentsArePrivateCopiesUnlessWrapped) {
  thread_pool_executor pool{{.max_workers = 1}};
  int value = 1;
  pool.submit([](int& v) { v = 2; }, std::ref(value)).result(plenty);
  EXPECT_EQ(value, 2);
  EXPECT_EQ(pool.submit([](int v) { return ++v; }, value).result(plenty), 3);
  EXPECT_EQ(value, 2);
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

TEST(ThreadPool, RAC_1_SubmitRacesWithShutdownAndNothingStaysPending) {
  for (int round = 0; round < 500; ++round) {
    thread_pool_executor pool{{.max_workers = 2}};
    std::vector<weft::future<int>> accepted;
    std::jthread closer([&] { pool.shutdown(weft::wait_for::nothing); });
    try {
      for (int i = 0; i < 50; ++i) accepted.push_back(pool.submit([i] { return i; }));
    } catch (const weft::shutdown_error&) {
    }
    for (auto& f : accepted) EXPECT_NO_THROW(f.result(plenty));
  }
}

TEST(ThreadPool, RAC_2_CancellingShutdownLeavesEveryFutureDoneOrCancelled) {
  for (int round = 0; round < 100; ++round) {
    thread_pool_executor pool{{.max_workers = 2}};
    std::atomic<int> ran{0};
    std::vector<weft::future<void>> all;
    for (int i = 0; i < 100; ++i) all.push_back(pool.submit([&] { ++ran; }));
    pool.shutdown(weft::wait_for::tasks, weft::pending::cancel);
    const auto cancelled = std::ranges::count_if(all, [](auto& f) { return f.cancelled(); });
    for (auto& f : all) EXPECT_TRUE(f.done());
    EXPECT_EQ(static_cast<int>(cancelled) + ran.load(), 100);
  }
}

TEST(ThreadPool, SCL_1_AMillionTrivialTasksAllRun) {
  thread_pool_executor pool{{.max_workers = 2}};
  std::atomic<int> ran{0};
  for (int i = 0; i < 1'000'000; ++i) pool.post([&] { ran.fetch_add(1); });
  pool.shutdown();
  EXPECT_EQ(ran.load(), 1'000'000);
}

TEST(ThreadPool, SHU_10_AStaticExecutorsQueuedTaskRunsAtProgramEnd) {
  EXPECT_EXIT(
      {
        static thread_pool_executor pool{{.max_workers = 1}};
        pool.post([] { std::fputs("ran at exit\n", stderr); });
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), "ran at exit");
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

// as_completed took an end before it was counted, then believed the count and reported a timeout that had not come.
TEST(ThreadPool, ASC_AnEndThatIsTakenBeforeItIsCountedIsNoTimeout) {
  thread_pool_executor pool{{.max_workers = 3}};
  for (int round = 0; round < 3000; ++round) {
    std::vector<weft::future<int>> futures;
    for (int i = 0; i < 30; ++i) futures.push_back(pool.submit([i] { return i; }));
    int sum = 0;
    for (auto& f : weft::as_completed(futures)) sum += f.result();
    ASSERT_EQ(sum, 435);
  }
}

}  // namespace
