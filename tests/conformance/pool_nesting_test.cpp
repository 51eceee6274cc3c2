// NST lines: tasks that wait for tasks.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::thread_pool_executor;

constexpr auto plenty = 30s;

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

}  // namespace
