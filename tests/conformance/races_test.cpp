// CBK, RAC, TIM and WAI lines that are shown by repeating a race.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::future;
using weft::promise;
using weft::thread_pool_executor;

constexpr auto plenty = 30s;

TEST(Future, CBK_4_AddingRacesWithCompletionAndLosesNoCall) {
  constexpr int rounds = 100'000;
  std::atomic<int> calls{0};
  std::vector<promise<int>> promises(rounds);
  std::vector<future<int>> futures;
  for (auto& p : promises) futures.push_back(p.get_future());
  std::jthread producer([&] {
    for (auto& p : promises) p.set_value(1);
  });
  for (auto& f : futures) f.add_done_callback([&](const future<int>&) { ++calls; });
  producer.join();
  EXPECT_EQ(calls.load(), rounds);
}

TEST(Future, TIM_5_AValueAtTheMomentOfExpiryIsNeverLost) {
  for (int round = 0; round < 2000; ++round) {
    promise<int> p;
    auto f = p.get_future();
    std::jthread producer([&] { p.set_value(round); });
    try {
      EXPECT_EQ(f.result(std::chrono::microseconds(round % 100)), round);
    } catch (const weft::timeout_error&) {
      EXPECT_EQ(f.result(10s), round);
    }
  }
}

TEST(Future, WAI_7_CompletionsAtTheMomentOfRegistrationAreNotLost) {
  for (int round = 0; round < 200; ++round) {
    std::vector<promise<int>> promises(100);
    std::vector<future<int>> futures;
    for (auto& p : promises) futures.push_back(p.get_future());
    std::jthread producer([&] {
      for (auto& p : promises) p.set_value(1);
    });
    EXPECT_EQ(weft::wait(futures, {.timeout = 30s}).done.size(), 100U);
  }
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
