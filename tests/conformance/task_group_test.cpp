// Fork and join on the pool.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using namespace std::chrono_literals;
using weft::task_group;
using weft::thread_pool_executor;

constexpr auto plenty = 30s;

long fib(int n) {
  if (n < 2) return n;
  long a = 0;
  task_group group;
  group.run([&a, n] { a = fib(n - 1); });
  const long b = fib(n - 2);
  group.wait();
  return a + b;
}

void sum_into(task_group& group, std::atomic<int>& total, int from, int to) {
  if (to - from == 1) {
    total += from;
    return;
  }
  const int middle = (from + to) / 2;
  group.run([&, from, middle] { sum_into(group, total, from, middle); });
  group.run([&, middle, to] { sum_into(group, total, middle, to); });
}

TEST(TaskGroup, ForksAndJoinsRecursivelyOnAnyNumberOfWorkers) {
  for (const std::size_t workers : {1U, 2U, 4U}) {
    thread_pool_executor pool{{.max_workers = workers}};
    EXPECT_EQ(pool.submit(fib, 20).result(plenty), 6765);
  }
}

TEST(TaskGroup, AThreadThatIsNoWorkerMayOwnOne) {
  thread_pool_executor pool{{.max_workers = 2}};
  std::atomic<int> ran{0};
  task_group group(pool);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) group.run([&] { ++ran; });
    group.wait();
    EXPECT_EQ(ran.load(), (round + 1) * 100);
  }
}

TEST(TaskGroup, TasksOfTheGroupMaySpawnIntoIt) {
  for (const std::size_t workers : {1U, 2U, 4U}) {
    thread_pool_executor pool{{.max_workers = workers}};
    for (int round = 0; round < 20; ++round) {
      std::atomic<int> total{0};
      pool.submit([&] {
            task_group group;
            sum_into(group, total, 0, 200);
            group.wait();
          })
          .result(plenty);
      EXPECT_EQ(total.load(), 19900);
    }
  }
}

// The waiter is the only worker, and what it waits for was spawned by another thread.
TEST(TaskGroup, AWaitingWorkerFindsWhatAnotherThreadSpawned) {
  thread_pool_executor pool{{.max_workers = 1}};
  std::atomic<int> ran{0};
  weft::promise<task_group*> made;
  auto handle = made.get_future();
  weft::event spawned;
  auto f = pool.submit([&] {
    task_group group;
    group.run([&] { ++ran; });
    made.set_value(&group);
    spawned.wait(plenty);
    group.wait();
    return ran.load();
  });
  handle.result(plenty)->run([&] { ++ran; });
  spawned.set();
  EXPECT_EQ(f.result(plenty), 2);
}

// Only tasks of its own group run on top of a waiter: a foreign one might want a lock that the waiter's caller holds.
TEST(TaskGroup, NothingForeignRunsOnTopOfAWaiter) {
  thread_pool_executor pool{{.max_workers = 1}};
  std::atomic<bool> inside{false};
  std::atomic<bool> nested{false};
  auto f = pool.submit([&] {
    for (int i = 0; i < 10; ++i) pool.post([&] { nested = nested || inside; });
    inside = true;
    task_group group;
    for (int i = 0; i < 10; ++i) group.run([] {});
    group.wait();
    inside = false;
  });
  f.result(plenty);
  pool.shutdown();
  EXPECT_FALSE(nested);
}

// The waiter looked at nothing but the newest task of its deque: one of another group, or a plain one, hid its own, and
// with every other worker busy nobody ever took it.
TEST(TaskGroup, AWaiterFindsItsTasksBelowOthers) {
  thread_pool_executor pool{{.max_workers = 1}};
  auto f = pool.submit([&] {
    std::string order;
    task_group first;
    task_group second;
    for (int i = 0; i < 3; ++i) {
      first.run([&order] { order += 'a'; });
      pool.post([] {});
      second.run([&order] { order += 'b'; });
    }
    first.wait();
    EXPECT_EQ(order, "aaa");
    second.wait();
    return order;
  });
  EXPECT_EQ(f.result(plenty), "aaabbb");
}

TEST(TaskGroup, TheFirstErrorComesOutOfWaitAndWhatHadNotStartedIsSkipped) {
  thread_pool_executor pool{{.max_workers = 1}};
  pool.submit([] {
        int ran = 0;
        task_group group;
        for (int i = 0; i < 10; ++i) group.run([&ran] { ++ran; });
        group.run([] { throw std::invalid_argument("first"); });
        EXPECT_THROW(group.wait(), std::invalid_argument);
        EXPECT_EQ(ran, 0) << "the newest runs first";
        group.run([&ran] { ++ran; });
        group.wait();
        EXPECT_EQ(ran, 1) << "the group may be used again";
      })
      .result(plenty);
}

TEST(TaskGroup, ACancelledGroupSkipsWhatHasNotStarted) {
  thread_pool_executor pool{{.max_workers = 1}};
  pool.submit([] {
        int ran = 0;
        task_group group;
        for (int i = 0; i < 10; ++i) group.run([&ran] { ++ran; });
        group.cancel();
        group.wait();
        EXPECT_EQ(ran, 0);
      })
      .result(plenty);
}

TEST(TaskGroup, MisuseIsToldByType) {
  EXPECT_THROW(task_group(), weft::invalid_state);
  EXPECT_THROW(task_group(weft::executor_ref()), weft::invalid_state);
  thread_pool_executor pool{{.max_workers = 1}};
  task_group group(pool);
  EXPECT_THROW(pool.submit([&] { group.wait(); }).result(plenty), weft::invalid_state);
}

TEST(TaskGroup, AShutDownExecutorRefusesAndTheGroupStillEnds) {
  thread_pool_executor pool{{.max_workers = 1}};
  task_group group(pool);
  pool.shutdown();
  EXPECT_THROW(group.run([] {}), weft::shutdown_error);
  EXPECT_THROW(group.wait(), weft::cancelled_error);
}

TEST(TaskGroup, ManyGroupsOnManyWorkersEnd) {
  thread_pool_executor pool{{.max_workers = 4}};
  for (int round = 0; round < 300; ++round) {
    std::vector<weft::future<long>> all;
    for (int i = 0; i < 4; ++i) all.push_back(pool.submit(fib, 8 + i));
    EXPECT_EQ(all[3].result(plenty), 89);
    for (auto& f : all) EXPECT_TRUE(f.wait(plenty));
  }
}

}  // namespace
