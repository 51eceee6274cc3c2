#include <weft/base/error.hpp>
#include <weft/flow/retry.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace {

using namespace std::chrono_literals;

TEST(Retry, ReturnsWhatTheFirstSuccessReturnsAndWaitsBetween) {
  std::vector<std::chrono::nanoseconds> waits;
  const weft::retry_options options{.sleep = [&](auto wait) { waits.push_back(wait); }};
  const auto result = weft::retry(options, [](unsigned attempt) {
    if (attempt < 3) throw weft::timeout_error("not yet");
    return std::make_unique<unsigned>(attempt);
  });
  EXPECT_EQ(*result, 3U);
  ASSERT_EQ(waits.size(), 2U);
  EXPECT_LE(waits[0], 100ms);
  EXPECT_LE(waits[1], 200ms);
}

TEST(Retry, RethrowsTheLastErrorWhenTheAttemptsAreUsedUp) {
  int calls = 0;
  const weft::retry_options options{.max_attempts = 4, .sleep = [](auto) {}};
  EXPECT_THROW(weft::retry(options,
                           [&] {
                             if (++calls < 4) throw weft::cancelled_error("early");
                             throw weft::timeout_error("last");
                           }),
               weft::timeout_error);
  EXPECT_EQ(calls, 4);
}

TEST(Retry, AnErrorThatIsNotWorthItIsRethrownAtOnce) {
  int calls = 0;
  const weft::retry_options options{
      .worth_it = [](const std::exception_ptr&, unsigned failures) { return failures < 2; }, .sleep = [](auto) {}};
  EXPECT_THROW(weft::retry(options, [&] { ++calls, throw weft::invalid_state("no"); }), weft::invalid_state);
  EXPECT_EQ(calls, 2);
}

TEST(Retry, NoWaitIsBegunThatWouldEndAfterTheDeadline) {
  int waits = 0;
  const weft::retry_options options{.until = 0s, .sleep = [&](auto) { ++waits; }};
  EXPECT_THROW(weft::retry(options, [] { throw weft::timeout_error("late"); }), weft::timeout_error);
  EXPECT_EQ(waits, 0);
}

TEST(Retry, ReferencesAndNothingAreReturnedAsTheyAre) {
  int value = 1;
  EXPECT_EQ(&weft::retry({}, [&]() -> int& { return value; }), &value);
  weft::retry({}, [&] { value = 2; });
  EXPECT_EQ(value, 2);
}

TEST(Retry, ZeroAttemptsAreRefused) {
  EXPECT_THROW(weft::retry({.max_attempts = 0}, [] {}), weft::invalid_argument);
}

TEST(Retry, WithoutASleeperTheThreadSleeps) {
  const weft::retry_options options{.max_attempts = 2, .wait = {.base = 1us, .cap = 1us}};
  EXPECT_THROW(weft::retry(options, [] { throw weft::timeout_error("x"); }), weft::timeout_error);
}

}  // namespace
