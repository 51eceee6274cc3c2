#include "scrape/host_schedule.hpp"

#include <gmock/gmock.h>

#include <map>

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using weft::scrape::host_schedule;
using weft::scrape::page_task;

constexpr host_schedule::time_point start{1h};

host_schedule::task_ptr page(const std::string& origin, const std::string& name) {
  return std::make_unique<page_task>(
      page_task{.url = name, .at = {.text = origin + "/" + name, .origin = origin, .target = "/" + name}});
}

std::vector<std::string> take_all(host_schedule& schedule, host_schedule::time_point now) {
  std::vector<std::string> names;
  while (const auto one = schedule.take(now)) names.push_back(one->url);
  return names;
}

TEST(HostSchedule, AHostHasSoManyPagesAtOnceAndOthersGoOn) {
  host_schedule schedule({.at_once = 2, .rate = 0});
  for (const char* name : {"a1", "a2", "a3"}) schedule.add(page("a", name), start);
  schedule.add(page("b", "b1"), start);
  EXPECT_THAT(take_all(schedule, start), ElementsAre("a1", "b1", "a2"));
  EXPECT_EQ(schedule.next(), host_schedule::time_point::max());
  schedule.finished("a", start);
  EXPECT_THAT(take_all(schedule, start), ElementsAre("a3"));
  EXPECT_EQ(schedule.waiting(), 0U);
}

TEST(HostSchedule, TheFirstPageOfEveryHostStartsAtOnceAndTheRateSpacesTheRest) {
  host_schedule schedule({.at_once = 10, .rate = 2});
  for (const char* name : {"1", "2", "3"}) {
    schedule.add(page("a", name), start);
    schedule.add(page("b", name), start);
  }
  EXPECT_THAT(take_all(schedule, start), ElementsAre("1", "1"));
  EXPECT_EQ(schedule.next(), start + 500ms);
  EXPECT_THAT(take_all(schedule, start + 499ms), IsEmpty());
  EXPECT_THAT(take_all(schedule, start + 500ms), ElementsAre("2", "2"));
  EXPECT_THAT(take_all(schedule, start + 1s), ElementsAre("3", "3"));
}

TEST(HostSchedule, NoTwoStartsOnAHostAreCloserThanTheIntervalAndTheMeanIsTheRate) {
  host_schedule schedule({.at_once = 100, .rate = 50});
  for (int i = 0; i < 1000; ++i) {
    for (int host = 0; host < 10; ++host) schedule.add(page(std::to_string(host), "x"), start);
  }
  std::map<std::string, std::vector<host_schedule::time_point>> starts;
  auto now = start;
  while (schedule.waiting() > 0) {
    now = std::max(now, schedule.next());
    while (const auto one = schedule.take(now)) {
      starts[one->at.origin].push_back(now);
      schedule.finished(one->at.origin, now);
    }
  }
  for (const auto& [host, times] : starts) {
    for (std::size_t i = 1; i < times.size(); ++i) ASSERT_GE(times[i] - times[i - 1], 20ms);
    EXPECT_LE(times.back() - times.front(), 999 * 20ms + 1us);
  }
}

TEST(HostSchedule, AHeldHostWaitsAndHoldsUpNobody) {
  host_schedule schedule({.at_once = 1, .rate = 0});
  schedule.hold("a");
  schedule.add(page("a", "a1"), start);
  schedule.add(page("b", "b1"), start);
  EXPECT_THAT(take_all(schedule, start), ElementsAre("b1"));
  schedule.release("a", start);
  EXPECT_THAT(take_all(schedule, start), ElementsAre("a1"));
}

TEST(HostSchedule, APauseHoldsTheWholeHostUntilItsEnd) {
  host_schedule schedule({.at_once = 5, .rate = 0});
  schedule.pause("a", start + 3s, start);
  schedule.pause("a", start + 1s, start);  // a shorter one takes nothing back
  schedule.add(page("a", "a1"), start);
  schedule.add(page("b", "b1"), start);
  EXPECT_THAT(take_all(schedule, start), ElementsAre("b1"));
  EXPECT_EQ(schedule.next(), start + 3s);
  EXPECT_THAT(take_all(schedule, start + 3s), ElementsAre("a1"));
}

TEST(HostSchedule, APagePutOffLetsTheOthersOfItsHostPass) {
  host_schedule schedule({.at_once = 5, .rate = 0});
  schedule.add(page("a", "late"), start, start + 1s);
  schedule.add(page("a", "due"), start);
  EXPECT_THAT(take_all(schedule, start), ElementsAre("due"));
  EXPECT_EQ(schedule.next(), start + 1s);
  EXPECT_THAT(take_all(schedule, start + 1s), ElementsAre("late"));
}

TEST(HostSchedule, SpacingOutOnlySlowsDownAndCountsFromTheLastStart) {
  host_schedule schedule({.at_once = 5, .rate = 2});
  for (const char* name : {"1", "2", "3"}) schedule.add(page("a", name), start);
  EXPECT_THAT(take_all(schedule, start), ElementsAre("1"));
  schedule.space_out("a", 100ms, start);
  EXPECT_EQ(schedule.next(), start + 500ms);
  schedule.space_out("a", 2s, start + 100ms);
  EXPECT_EQ(schedule.next(), start + 2s);
  EXPECT_THAT(take_all(schedule, start + 2s), ElementsAre("2"));
  EXPECT_EQ(schedule.next(), start + 4s);
}

TEST(HostSchedule, RemovedPagesNeverStartAndCostNoTurn) {
  host_schedule schedule({.at_once = 5, .rate = 1});
  for (const char* name : {"no1", "yes", "no2"}) schedule.add(page("a", name), start);
  const auto removed = schedule.remove("a", [](const page_task& one) { return one.url.starts_with("no"); }, start);
  EXPECT_EQ(removed.size(), 2U);
  EXPECT_THAT(take_all(schedule, start), ElementsAre("yes"));
  EXPECT_EQ(schedule.waiting(), 0U);
}

TEST(HostSchedule, OneHostWithManyPagesTakesTurnsWithTheOthers) {
  host_schedule schedule({.at_once = 100, .rate = 0});
  for (int i = 0; i < 3; ++i) schedule.add(page("big", "big"), start);
  schedule.add(page("small", "small"), start);
  EXPECT_THAT(take_all(schedule, start), ElementsAre("big", "small", "big", "big"));
}

}  // namespace
