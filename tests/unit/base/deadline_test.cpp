#include <weft/base/deadline.hpp>
#include <weft/base/error.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace {

using namespace std::chrono_literals;
using weft::deadline;

TEST(Deadline, DefaultIsNeverAndNeverExpires) {
  EXPECT_TRUE(deadline().is_never());
  EXPECT_FALSE(deadline().expired());
  EXPECT_EQ(deadline().remaining(), std::chrono::nanoseconds::max());
}

TEST(Deadline, ZeroPollsAndIsNotNegative) {
  EXPECT_TRUE(deadline(0s).expired());
  EXPECT_FALSE(deadline(0s).negative());
  EXPECT_EQ(deadline(0s).remaining(), 0ns);
}

TEST(Deadline, NegativeIsExpiredAndSaysSo) {
  EXPECT_TRUE(deadline(-1ns).expired());
  EXPECT_TRUE(deadline(-1ns).negative());
}

TEST(Deadline, TooLongSaturatesToNever) {
  EXPECT_TRUE(deadline(std::chrono::nanoseconds::max()).is_never());
  EXPECT_TRUE(deadline(std::chrono::hours::max()).is_never());
  EXPECT_TRUE(deadline(std::chrono::duration<double>(std::numeric_limits<double>::infinity())).is_never());
}

// TIM-3
TEST(Deadline, TIM_3_NotANumberIsAnInvalidArgument) {
  EXPECT_THROW(deadline(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN())),
               weft::invalid_argument);
}

TEST(Deadline, FractionsAreRoundedUpSoThatNoWaitEndsEarly) {
  const auto before = deadline::clock::now();
  const deadline soon(std::chrono::duration<double, std::nano>(0.25));
  EXPECT_GE(soon.time(), before + 1ns);
}

TEST(Deadline, EarlierPicksTheEarlierAndNeverIsLast) {
  const deadline soon(1h);
  EXPECT_EQ(earlier(soon, deadline::never()), soon);
  EXPECT_EQ(earlier(deadline::now(), soon), deadline::now());
}

}  // namespace
