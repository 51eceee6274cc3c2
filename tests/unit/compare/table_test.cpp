#include "compare/table.hpp"

#include <weft/base/error.hpp>

#include <gmock/gmock.h>

#include <vector>

namespace {

using namespace weft::compare;
using testing::HasSubstr;

const std::vector<cost> given{
    {way::sequential, 1, 8.0, 7.5, 10e6, 100, 100}, {way::threads, 1, 8.0, 7.5, 10e6, 100, 100},
    {way::threads, 2, 4.0, 7.6, 11e6, 100, 100},    {way::threads, 5, 3.9, 7.7, 12e6, 100, 100},
    {way::threads, 10, 4.1, 7.8, 13e6, 100, 100},   {way::processes, 1, 10.0, 7.5, 20e6, 100, 100},
    {way::processes, 10, 2.0, 8.5, 90e6, 100, 100},
};

TEST(Comparison, TellsSpeedUpOverTheSequentialRunAndEfficiencyByWorker) {
  const auto result = compare_costs(job_kind::compute, "work", given);
  ASSERT_EQ(result.rows.size(), given.size());
  EXPECT_DOUBLE_EQ(result.rows[0].speed_up, 1);
  EXPECT_DOUBLE_EQ(result.rows[0].efficiency, 1);
  EXPECT_DOUBLE_EQ(result.rows[2].speed_up, 2);
  EXPECT_DOUBLE_EQ(result.rows[2].efficiency, 1);
  EXPECT_DOUBLE_EQ(result.rows[5].speed_up, 0.8);
  EXPECT_DOUBLE_EQ(result.rows[6].speed_up, 4);
  EXPECT_DOUBLE_EQ(result.rows[6].efficiency, 0.4);
}

TEST(Comparison, FindsTheCountAfterWhichMoreWorkersNoLongerPay) {
  const auto result = compare_costs(job_kind::compute, "work", given);
  ASSERT_EQ(result.knees.size(), 2U);
  EXPECT_EQ(result.knees[0].how, way::threads);
  EXPECT_EQ(result.knees[0].workers, 2U) << "5 workers are less than 5 % better";
  EXPECT_FALSE(result.knees[0].largest);
  EXPECT_EQ(result.knees[1].how, way::processes);
  EXPECT_EQ(result.knees[1].workers, 10U);
  EXPECT_TRUE(result.knees[1].largest);
}

TEST(Comparison, NeedsTheSequentialRunFirst) {
  EXPECT_THROW(compare_costs(job_kind::fetch, "work", {}), weft::invalid_argument);
  EXPECT_THROW(compare_costs(job_kind::fetch, "work", std::vector<cost>(given.begin() + 1, given.end())),
               weft::invalid_argument);
}

TEST(Comparison, ScalesASampleToTheWholeJobButNotItsStartNorItsMemory) {
  const cost all = scaled({way::sequential, 1, 4.0, 0.5, 10e6, 2, 100}, 0.1);
  EXPECT_DOUBLE_EQ(all.wall_s, 200);
  EXPECT_DOUBLE_EQ(all.cpu_s, 0.1 + 0.4 * 50);
  EXPECT_DOUBLE_EQ(all.peak_bytes, 10e6);
  EXPECT_TRUE(all.sampled());
  const cost whole = scaled({way::sequential, 1, 4.0, 0.5, 10e6, 100, 100}, 0.1);
  EXPECT_DOUBLE_EQ(whole.wall_s, 4);
  EXPECT_DOUBLE_EQ(whole.cpu_s, 0.5);
}

TEST(Comparison, PrintsATableThatMarksSamples) {
  auto costs = given;
  costs[0] = scaled({way::sequential, 1, 0.16, 0.15, 10e6, 2, 100}, 0);
  const std::string text = to_text(compare_costs(job_kind::compute, "Work of a hundred", costs));
  EXPECT_THAT(text, HasSubstr("Work of a hundred\n"));
  EXPECT_THAT(text, testing::ContainsRegex("sequential +1 +8.00 s\\* +7.50 s\\* +10.0 MB +1.00x +100%  2 of 100\n"));
  EXPECT_THAT(text, testing::ContainsRegex("threads +2 +4.00 s +7.60 s +11.0 MB +2.00x +100%  all\n"));
  EXPECT_THAT(text, HasSubstr("* scaled to the whole job"));
  EXPECT_THAT(text, HasSubstr("More workers no longer pay after: 2 threads, 10 processes (the most measured)\n"));
}

}  // namespace
