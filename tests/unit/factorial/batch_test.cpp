#include "factorial/batch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace {

using weft::factorial::batch;
using weft::factorial::spec;

std::vector<std::uint64_t> walked(const batch& numbers) {
  std::vector<std::uint64_t> result;
  auto walk = numbers.begin_walk();
  while (const auto n = walk.next()) result.push_back(*n);
  return result;
}

TEST(Batch, WalksItsNumbersInInputOrderWithRepeats) {
  const batch numbers({{5, 5, 1}, {1, 3, 1}, {5, 5, 1}, {2, 8, 3}});
  EXPECT_EQ(walked(numbers), (std::vector<std::uint64_t>{5, 1, 2, 3, 5, 2, 5, 8}));
  EXPECT_EQ(numbers.count(), 8U);
}

TEST(Batch, CountsTheUsesOfEveryNumberLikeAWalkDoes) {
  std::mt19937_64 random(20240607);
  for (int round = 0; round < 50; ++round) {
    std::vector<spec> specs;
    for (int i = 0; i < 12; ++i) {
      const std::uint64_t first = random() % 40;
      const std::uint64_t step = 1 + random() % 5;
      specs.push_back({first, first + step * (random() % 3) * (random() % 8), step});
    }
    const batch numbers(specs);
    const auto all = walked(numbers);
    EXPECT_EQ(numbers.count(), all.size());
    for (std::uint64_t n = 0; n < 130; ++n) {
      EXPECT_EQ(numbers.uses(n), static_cast<std::uint64_t>(std::count(all.begin(), all.end(), n))) << n;
    }
  }
}

TEST(Batch, OfAThousandMillionNumbersTakesNoTime) {
  const batch numbers({{0, 1'000'000'000, 1}});
  EXPECT_EQ(numbers.count(), 1'000'000'001U);
  auto walk = numbers.begin_walk();
  EXPECT_EQ(walk.next(), 0U);
  EXPECT_EQ(numbers.uses(999'999'999), 1U);
}

}  // namespace
