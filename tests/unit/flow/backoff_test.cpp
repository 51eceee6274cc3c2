#include <weft/base/error.hpp>
#include <weft/flow/backoff.hpp>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using weft::backoff;

TEST(Backoff, TheCeilingGrowsByTheFactorUpToTheCap) {
  const backoff waits({.base = 100ms, .factor = 3, .cap = 1s}, 1);
  EXPECT_EQ(waits.ceiling(1), 100ms);
  EXPECT_EQ(waits.ceiling(2), 300ms);
  EXPECT_EQ(waits.ceiling(3), 900ms);
  EXPECT_EQ(waits.ceiling(4), 1s);
  EXPECT_EQ(waits.ceiling(4'000'000'000U), 1s);
}

TEST(Backoff, WaitsAreSpreadEvenlyFromZeroToTheCeiling) {
  backoff waits({.base = 100ms}, 7);
  int lower_half = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto wait = waits.next(1);
    ASSERT_GE(wait, 0ns);
    ASSERT_LE(wait, 100ms);
    lower_half += wait < 50ms ? 1 : 0;
  }
  EXPECT_NEAR(lower_half, 5000, 300);
}

TEST(Backoff, TheSameSeedGivesTheSameWaits) {
  backoff one({}, 42);
  backoff two({}, 42);
  backoff other({}, 43);
  bool differs = false;
  for (unsigned i = 1; i < 20; ++i) {
    const auto wait = one.next(i);
    EXPECT_EQ(wait, two.next(i));
    differs = differs || wait != other.next(i);
  }
  EXPECT_TRUE(differs);
}

TEST(Backoff, ZeroBaseNeverWaits) {
  backoff waits({.base = 0ns}, 1);
  EXPECT_EQ(waits.next(5), 0ns);
}

TEST(Backoff, RefusesWaitsThatShrinkOrAreNegative) {
  EXPECT_THROW(backoff({.factor = 0.5}, 1), weft::invalid_argument);
  EXPECT_THROW(backoff({.base = -1ns}, 1), weft::invalid_argument);
  EXPECT_THROW(backoff({.cap = -1ns}, 1), weft::invalid_argument);
}

}  // namespace
