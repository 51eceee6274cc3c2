// TIM lines: what a timeout means, on every wait that takes one (tests/support/timed_waits.hpp).
// That the settable clock has no say (TIM-1) is shown in clock_test.cpp.
#include "support/threads.hpp"
#include "support/timed_waits.hpp"

#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <pthread.h>
#include <atomic>
#include <chrono>
#include <csignal>
#include <limits>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::future;
using weft::promise;
using steady = std::chrono::steady_clock;

constexpr auto plenty = 30s;

TEST(Time, TIM_2_ANegativeTimeoutPollsOrIsRefused) {
  for (const auto& each : weft::test::timed_waits()) {
    for (const std::chrono::nanoseconds limit :
         {std::chrono::nanoseconds(-1ns), std::chrono::nanoseconds(-1h), std::chrono::nanoseconds::min()}) {
      if (each.refuses_negative) {
        EXPECT_THROW(each.wait(limit), weft::invalid_argument) << each.name;
      } else {
        EXPECT_FALSE(each.wait(limit)) << each.name;
      }
    }
    EXPECT_FALSE(each.wait(0ns)) << each.name;
  }
}

TEST(Time, TIM_3_ATimeoutThatIsNotANumberIsRefused) {
  const std::chrono::duration<double> nan(std::numeric_limits<double>::quiet_NaN());
  promise<int> p;
  const auto f = p.get_future();
  weft::event e;
  weft::semaphore s;
  weft::mutex m;
  weft::queue<int> q;
  EXPECT_THROW(static_cast<void>(f.result(nan)), weft::invalid_argument);
  EXPECT_THROW(f.wait(nan), weft::invalid_argument);
  EXPECT_THROW(weft::as_completed(std::vector{f}, nan), weft::invalid_argument);
  EXPECT_THROW(e.wait(nan), weft::invalid_argument);
  EXPECT_THROW(s.acquire(nan), weft::invalid_argument);
  EXPECT_THROW(static_cast<void>(m.try_lock_for(nan)), weft::invalid_argument);
  EXPECT_THROW(q.put(1, nan), weft::invalid_argument);
  EXPECT_THROW(q.get(nan), weft::invalid_argument);
  EXPECT_EQ(s.value(), 1U);
  EXPECT_FALSE(m.locked());
  EXPECT_TRUE(q.empty());
}

TEST(Time, TIM_4_NoWaitTimesOutEarly) {
  for (const auto& each : weft::test::timed_waits()) {
    for (const std::chrono::nanoseconds limit : {1ns, 1'000ns, 70'000ns, 1'000'001ns, 20'000'000ns}) {
      for (int round = 0; round < 3; ++round) {
        const auto start = steady::now();
        EXPECT_FALSE(each.wait(limit)) << each.name;
        EXPECT_GE(steady::now() - start, limit) << each.name;
      }
    }
  }
}

// A signal that a handler takes, without SA_RESTART, ends the system call of whoever sleeps: a spurious wake-up that
// can be made at will, in every wait.
class SpuriousWakeups : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "ThreadSanitizer holds signals back until a call that it intercepts; a futex wait is none";
#endif
    struct ::sigaction action{};
    action.sa_handler = [](int) { ++taken; };
    ASSERT_EQ(::sigaction(SIGUSR1, &action, &former_), 0);
    taken = 0;
  }
  void TearDown() override { ::sigaction(SIGUSR1, &former_, nullptr); }

  static constexpr int storm = 200;

  // Runs `body` in a thread and interrupts it `storm` times, each time asleep if it can be met so, or until it has
  // ended; then `finish`.
  template <class Body, class Finish>
  static void interrupted(Body body, Finish finish) {
    std::atomic<::pid_t> number{0};
    std::atomic<bool> ended{false};
    std::atomic<bool> may_leave{false};  // a thread that is gone cannot be looked at
    std::jthread thread([&] {
      number = weft::test::own_thread_number();
      body();
      ended = true;
      while (!may_leave) std::this_thread::yield();
    });
    while (number == 0) std::this_thread::yield();
    for (int sent = 0; sent < storm && !ended; ++sent) {
      const int before = taken;
      if (sent % 20 == 0) weft::test::wait_until_asleep(number, &ended);
      ::pthread_kill(thread.native_handle(), SIGUSR1);
      while (taken == before && !ended) std::this_thread::yield();
    }
    finish();
    may_leave = true;
  }

  static inline std::atomic<int> taken{0};

 private:
  struct ::sigaction former_{};
};

TEST_F(SpuriousWakeups, TIM_6_EndNoWaitBeforeWhatItWaitsForHasCome) {
  for (const auto& each : weft::test::timed_waits()) {
    std::atomic<bool> due{false};
    const int before = taken;
    interrupted(
        [&] {
          EXPECT_TRUE(each.wait(plenty)) << each.name;
          EXPECT_TRUE(due) << each.name << " came back too early";
        },
        [&] {
          due = true;
          each.end();
        });
    EXPECT_GE(taken - before, storm) << each.name;
  }
}

TEST_F(SpuriousWakeups, TIM_6_MakeNoTimeoutEarly) {
  for (const auto& each : weft::test::timed_waits()) {
    const int before = taken;
    while (taken - before < storm) {
      interrupted(
          [&] {
            const auto start = steady::now();
            EXPECT_FALSE(each.wait(20ms)) << each.name;
            EXPECT_GE(steady::now() - start, 20ms) << each.name;
          },
          [] {});
    }
  }
}

}  // namespace
