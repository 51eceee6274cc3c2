#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <vector>

namespace {

using namespace std::chrono_literals;

static_assert(weft::executor<weft::thread_pool_executor>);

int square(int x) { return x * x; }

TEST(ThreadPool, RunsWhatIsSubmitted) {
  weft::thread_pool_executor pool{{.max_workers = 2}};
  EXPECT_EQ(pool.submit(square, 7).result(), 49);
}

TEST(ThreadPool, MapsInOrder) {
  weft::thread_pool_executor pool{{.max_workers = 2}};
  std::vector<int> items(1000);
  std::iota(items.begin(), items.end(), 0);
  int expected = 0;
  for (auto r : pool.map(square, items, {.timeout = 10s})) {
    EXPECT_EQ(r, expected * expected);
    ++expected;
  }
  EXPECT_EQ(expected, 1000);
  expected = 0;
  for (auto r : pool.map([p = std::make_unique<int>(2)](int x) { return *p * x; }, items, {.chunk = 64})) {
    EXPECT_EQ(r, expected * 2);
    ++expected;
  }
  EXPECT_EQ(expected, 1000);
}

TEST(ThreadPool, AsCompletedYieldsEachOnce) {
  weft::thread_pool_executor pool{{.max_workers = 2}};
  std::vector<weft::future<int>> futures;
  for (int i = 0; i < 100; ++i) futures.push_back(pool.submit(square, i));
  int sum = 0;
  for (auto& f : weft::as_completed(futures, 10s)) sum += f.result();
  EXPECT_EQ(sum, 328350);
  const auto both = weft::wait(futures);
  EXPECT_EQ(both.done.size(), 100U);
}

}  // namespace
