#include <weft/pool/task_group.hpp>
#include <weft/sync/event.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace {

using namespace std::chrono_literals;

long fib(weft::thread_pool_executor& pool, int n) {
  if (n < 2) return n;
  long left = 0;
  weft::task_group group(pool);
  group.run([&] { left = fib(pool, n - 2); });
  const long right = fib(pool, n - 1);
  group.wait();
  return left + right;
}

TEST(TaskGroup, ForksAndJoinsOnOneWorkerAndOnMore) {
  for (const std::size_t workers : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
    weft::thread_pool_executor pool{{.max_workers = workers}};
    EXPECT_EQ(pool.submit([&] { return fib(pool, 18); }).result(60s), 2584);
  }
}

TEST(TaskGroup, WaitsFromAThreadThatIsNoWorker) {
  weft::thread_pool_executor pool{{.max_workers = 2}};
  weft::task_group group(pool);
  std::atomic<int> ran{0};
  for (int i = 0; i < 1000; ++i) group.run([&] { ++ran; });
  group.wait();
  EXPECT_EQ(ran.load(), 1000);
}

TEST(TaskGroup, ThrowsTheFirstErrorAndCanBeUsedAgain) {
  weft::thread_pool_executor pool{{.max_workers = 2}};
  weft::task_group group(pool);
  std::atomic<int> ran{0};
  group.run([] { throw std::runtime_error("first"); });
  for (int i = 0; i < 10; ++i) group.run([&] { ++ran; });
  EXPECT_THROW(group.wait(), std::runtime_error);
  EXPECT_EQ(ran.load(), 10);
  group.run([&] { ++ran; });
  group.wait();
  EXPECT_EQ(ran.load(), 11);
}

TEST(TaskGroup, ARefusedTaskIsNotCounted) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  weft::task_group group(pool);
  pool.shutdown();
  EXPECT_THROW(group.run([] {}), weft::shutdown_error);
  group.wait();
}

TEST(TaskGroup, CancelledTasksAreCounted) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  weft::task_group group(pool);
  weft::event go;
  std::atomic<int> ran{0};
  weft::event started;
  group.run([&] {
    started.set();
    go.wait();
  });
  ASSERT_TRUE(started.wait(10s));
  for (int i = 0; i < 5; ++i) group.run([&] { ++ran; });
  pool.shutdown(weft::wait_for::nothing, weft::pending::cancel);
  go.set();
  group.wait();
  EXPECT_EQ(ran.load(), 0);
}

TEST(TaskGroup, MixesWithOtherTasksThatTheWaiterHasSpawned) {
  weft::thread_pool_executor pool{{.max_workers = 1}};
  auto f = pool.submit([&] {
    weft::task_group group(pool);
    int in_group = 0;
    group.run([&] { in_group = 1; });
    auto other = pool.submit([] { return 2; });
    group.wait();
    return in_group + other.result();
  });
  EXPECT_EQ(f.result(30s), 3);
}

}  // namespace
