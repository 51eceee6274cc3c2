// VAL lines that concern the thread pool: what can be called and passed.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>

namespace {

using namespace std::chrono_literals;
using weft::thread_pool_executor;

constexpr auto plenty = 30s;

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

}  // namespace
