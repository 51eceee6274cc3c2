#include <weft/base/parking.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace {

using namespace std::chrono_literals;
namespace detail = weft::detail;

TEST(Parking, ReturnsAtOnceWhenTheWordDiffers) {
  const detail::futex_word word{1};
  EXPECT_EQ(detail::park(word, 0), detail::park_result::woken);
}

TEST(Parking, NeverTimesOutEarly) {
  const detail::futex_word word{0};
  const auto start = std::chrono::steady_clock::now();
  while (detail::park(word, 0, start + 20ms) != detail::park_result::timed_out) {
  }
  EXPECT_GE(std::chrono::steady_clock::now() - start, 20ms);
}

TEST(Parking, UnparkWakesASleeper) {
  detail::futex_word word{0};
  std::thread sleeper([&] {
    while (word.load() == 0) detail::park(word, 0);
  });
  word.store(1);
  detail::unpark_all(&word);
  sleeper.join();
}

}  // namespace
