// TIM lines: what a timeout means.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::promise;

TEST(Future, TIM_2_ANegativeTimeoutPolls) {
  promise<int> p;
  auto f = p.get_future();
  EXPECT_THROW(f.result(-1s), weft::timeout_error);
  EXPECT_FALSE(f.wait(-1s));
}

TEST(Future, TIM_4_NoWaitTimesOutEarly) {
  promise<int> p;
  auto f = p.get_future();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(f.wait(20ms));
  EXPECT_GE(std::chrono::steady_clock::now() - start, 20ms);
  const auto again = std::chrono::steady_clock::now();
  EXPECT_EQ(weft::wait(std::vector{f}, {.timeout = 20ms}).not_done.size(), 1U);
  EXPECT_GE(std::chrono::steady_clock::now() - again, 20ms);
}

}  // namespace
