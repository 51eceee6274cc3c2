// MEM, ASC and WAI lines about what is kept and for how long.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::future;
using weft::promise;
using weft::thread_pool_executor;

constexpr auto plenty = 30s;

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

}  // namespace
