#include <weft/base/error.hpp>
#include <weft/flow/token_bucket.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::token_bucket;

constexpr token_bucket::time_point start{1h};

TEST(TokenBucket, GivesTheBurstAtOnceAndThenOneTokenAnInterval) {
  token_bucket bucket({.rate = 10, .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.try_take(1, start));
  EXPECT_FALSE(bucket.try_take(1, start));
  EXPECT_FALSE(bucket.try_take(1, start + 99ms));
  EXPECT_TRUE(bucket.try_take(1, start + 100ms));
  EXPECT_FALSE(bucket.try_take(1, start + 100ms));
}

TEST(TokenBucket, ARestFillsItUpToTheBurstAndNoFurther) {
  token_bucket bucket({.rate = 10, .burst = 2});
  EXPECT_TRUE(bucket.try_take(2, start));
  EXPECT_TRUE(bucket.try_take(2, start + 1h));
  EXPECT_FALSE(bucket.try_take(1, start + 1h));
}

TEST(TokenBucket, WithBurstOneNoTwoTakesAreCloserThanTheInterval) {
  token_bucket bucket({.rate = 50, .burst = 1});
  auto last = token_bucket::time_point::min();
  for (int i = 0; i < 1000; ++i) {
    const auto when = bucket.reserve(1, start + std::chrono::milliseconds(i / 3));
    if (i > 0) {
      EXPECT_GE(when - last, 20ms - 1ns);
    }
    last = when;
  }
}

TEST(TokenBucket, TheMeanRateIsExactOverAMillionTokensOfAnIntervalThatIsNoWholeNanosecond) {
  token_bucket bucket({.rate = 3, .burst = 1});
  token_bucket::time_point last;
  for (int i = 0; i <= 3'000'000; ++i) last = bucket.reserve(1, start);
  EXPECT_LE(std::chrono::abs(last - (start + 1'000'000s)), 1us);
}

TEST(TokenBucket, TakingAtTheToldTimeSucceedsAndAskingTakesNothing) {
  token_bucket bucket({.rate = 7, .burst = 2});
  auto now = start;
  for (int i = 0; i < 1000; ++i) {
    now = bucket.next(1, now);
    EXPECT_EQ(bucket.next(1, now), now);
    ASSERT_TRUE(bucket.try_take(1, now)) << i;
  }
}

TEST(TokenBucket, AReservationBeyondTheBurstIsPaidByWhoComesLater) {
  token_bucket bucket({.rate = 1, .burst = 1});
  EXPECT_EQ(bucket.reserve(5, start), start + 4s);
  EXPECT_EQ(bucket.reserve(1, start), start + 5s);
  EXPECT_FALSE(bucket.try_take(1, start + 5s));
  EXPECT_TRUE(bucket.try_take(1, start + 6s));
}

TEST(TokenBucket, ZeroRateLiftsTheLimit) {
  token_bucket bucket({.rate = 0, .burst = 1});
  EXPECT_TRUE(bucket.try_take(1'000'000, start));
  EXPECT_EQ(bucket.reserve(1'000'000, start), start);
  EXPECT_TRUE(bucket.take(1'000'000, 0s));
}

TEST(TokenBucket, AClockThatGoesBackGivesNoTokens) {
  token_bucket bucket({.rate = 1, .burst = 1});
  EXPECT_TRUE(bucket.try_take(1, start));
  EXPECT_FALSE(bucket.try_take(1, start - 1h));
  EXPECT_TRUE(bucket.try_take(1, start + 1s));
}

TEST(TokenBucket, RefusesWhatCanNeverBe) {
  EXPECT_THROW(token_bucket({.rate = -1}), weft::invalid_argument);
  EXPECT_THROW(token_bucket({.rate = std::numeric_limits<double>::quiet_NaN()}), weft::invalid_argument);
  EXPECT_THROW(token_bucket({.rate = 1, .burst = 0}), weft::invalid_argument);
  token_bucket bucket({.rate = 1, .burst = 2});
  EXPECT_THROW((void)bucket.try_take(3, start), weft::invalid_argument);
}

TEST(TokenBucket, ABlockingTakeThatWouldEndTooLateTakesNothingAndReturnsAtOnce) {
  token_bucket bucket({.rate = 0.001, .burst = 1});
  EXPECT_TRUE(bucket.take());
  EXPECT_FALSE(bucket.take(1, 10ms));
  EXPECT_FALSE(bucket.take(1, 0s));
}

TEST(TokenBucket, ThreadsThatTakeTogetherStayWithinTheRate) {
  token_bucket bucket({.rate = 1000, .burst = 1});
  const auto began = token_bucket::clock::now();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) EXPECT_TRUE(bucket.take());
    });
  }
  threads.clear();
  EXPECT_GE(token_bucket::clock::now() - began, 39ms);
}

}  // namespace
