// SHU, OWN and CBK lines that concern the thread pool alone: who may end it, from where.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

using namespace std::chrono_literals;
using weft::thread_pool_executor;

constexpr auto plenty = 30s;

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

TEST(ThreadPool, SHU_10_AStaticExecutorsQueuedTaskRunsAtProgramEnd) {
  EXPECT_EXIT(
      {
        static thread_pool_executor pool{{.max_workers = 1}};
        pool.post([] { std::fputs("ran at exit\n", stderr); });
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), "ran at exit");
}

}  // namespace
