#include "factorial/planner.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using weft::factorial::batch;
using weft::factorial::block;
using weft::factorial::planner;

constexpr double plenty = 1e6;

std::vector<block> blocks_of(const batch& numbers, double digits_per_block) {
  planner plan(numbers, digits_per_block);
  std::vector<block> result;
  while (const auto one = plan.next()) result.push_back(*one);
  return result;
}

TEST(Planner, GathersNumbersThatFollowEachOtherAcrossSpecs) {
  EXPECT_EQ(blocks_of(batch({{0, 3, 1}, {4, 4, 1}, {5, 6, 1}}), plenty), (std::vector<block>{{0, 1, 7}}));
  EXPECT_EQ(blocks_of(batch({{10, 30, 10}, {40, 40, 1}, {41, 41, 1}}), plenty),
            (std::vector<block>{{10, 10, 4}, {41, 1, 1}}));
}

TEST(Planner, PlansEveryNumberOnceAtItsFirstUse) {
  EXPECT_EQ(blocks_of(batch({{5, 5, 1}, {3, 7, 1}, {5, 5, 1}, {0, 8, 2}}), plenty),
            (std::vector<block>{{5, 1, 1}, {3, 1, 2}, {6, 1, 2}, {0, 2, 2}, {8, 1, 1}}));
}

TEST(Planner, EndsABlockBeforeItsTextGrowsTooLong) {
  const auto blocks = blocks_of(batch({{1000, 1009, 1}}), 3 * 2600.0);
  EXPECT_EQ(blocks, (std::vector<block>{{1000, 1, 3}, {1003, 1, 3}, {1006, 1, 3}, {1009, 1, 1}}));
  EXPECT_EQ(blocks_of(batch({{1000, 1001, 1}}), 1).size(), 2U);
}

TEST(Planner, BeginsAnEndlessRangeAtOnce) {
  const batch numbers({{0, 1'000'000'000, 1}, {0, 1'000'000'000, 1}});
  planner plan(numbers, 1000);
  EXPECT_EQ(plan.next()->first, 0U);
}

}  // namespace
