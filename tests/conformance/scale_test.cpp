// SCL lines: many tasks, many workers.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

namespace {

using namespace std::chrono_literals;
using weft::thread_pool_executor;

constexpr auto plenty = 30s;

TEST(ThreadPool, SCL_5_ManyWorkersNeedAnExplicitWordAndAreCheap) {
  EXPECT_THROW(thread_pool_executor({.max_workers = 1'000'000}), weft::invalid_argument);
  thread_pool_executor pool{{.max_workers = 1'000'000, .allow_many_workers = true}};
  EXPECT_EQ(pool.submit([] { return 1; }).result(plenty), 1);
  EXPECT_LE(pool.workers(), 1U);
}

TEST(ThreadPool, SCL_1_AMillionTrivialTasksAllRun) {
  thread_pool_executor pool{{.max_workers = 2}};
  std::atomic<int> ran{0};
  for (int i = 0; i < 1'000'000; ++i) pool.post([&] { ran.fetch_add(1); });
  pool.shutdown();
  EXPECT_EQ(ran.load(), 1'000'000);
}

}  // namespace
