#include "factorial/estimate.hpp"
#include "factorial/admission.hpp"
#include "factorial/engine.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace weft::factorial;

TEST(Estimate, KnowsTheNumberOfDigits) {
  for (const std::uint64_t n : {0U, 1U, 4U, 10U, 100U, 1000U, 12345U}) {
    EXPECT_NEAR(estimated_digits(n), static_cast<double>(factorial_text(n).size()), 1) << n;
  }
  EXPECT_NEAR(estimated_digits(1'000'000'000), 8'565'705'523.0, 10);
}

TEST(Estimate, CountsTrailingZerosExactly) {
  for (std::uint64_t n = 0; n <= 700; ++n) {
    const std::string text = factorial_text(n);
    EXPECT_EQ(trailing_zeros(n), text.size() - 1 - text.find_last_not_of('0')) << n;
  }
  EXPECT_EQ(trailing_zeros(1'000'000'000), 249'999'998U);
}

TEST(Estimate, OfARangeBoundsTheSumOfItsNumbers) {
  double sum = 0;
  for (std::uint64_t n = 100; n <= 5000; n += 7) sum += estimated_seconds(n);
  const double bound = estimated_seconds(spec{100, 5000, 7});
  EXPECT_GE(bound, sum * 0.999);
  EXPECT_LE(bound, sum * 2);
}

TEST(Admission, RefusesWhatDoesNotFit) {
  const double room = estimated_bytes(100'000);
  EXPECT_FALSE(first_too_large(batch({{0, 100'000, 1}}), room));
  EXPECT_EQ(first_too_large(batch({{5, 5, 1}, {100'100, 100'100, 1}}), room), 100'100U);
  EXPECT_EQ(first_too_large(batch({{99'990, 200'000, 30}}), room), 100'020U);
  EXPECT_FALSE(first_too_large(batch({{1'000'000'000, 1'000'000'000, 1}}), std::numeric_limits<double>::infinity()));
}

TEST(Admission, LetsARangeBeginWhoseTooLargeNumbersAreNeverReached) {
  EXPECT_FALSE(first_too_large(batch({{0, 1'000'000'000, 1}}), 1e9));
  EXPECT_TRUE(first_too_large(batch({{0, 1'000'000'000, 1}}), 1e9, 1e30));
}

}  // namespace
