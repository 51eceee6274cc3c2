#include "compare/measure.hpp"
#include "compare/peak.hpp"

#include <gtest/gtest.h>

#include <system_error>
#include <vector>

namespace {

using weft::compare::run_measured;

TEST(Measure, KeepsTheOutputAndTheStatusOfTheProgram) {
  const auto ran = run_measured({"sh", "-c", "read line; echo got $line; exit 3"}, "word\n");
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.out, "got word\n");
  EXPECT_EQ(run_measured({"sh", "-c", "kill -9 $$"}).status, 128 + 9);
}

TEST(Measure, CountsTheTimeOfChildrenThatTheProgramWaitedFor) {
  const auto busy = run_measured({"sh", "-c", "sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done' & wait"});
  const auto idle = run_measured({"sh", "-c", "sleep 0.2"});
  EXPECT_GT(busy.cpu_s, 0.02);
  EXPECT_GE(idle.wall_s, 0.2);
  EXPECT_LT(idle.cpu_s, 0.1);
  EXPECT_GT(idle.peak_bytes, 1e5);
}

TEST(Measure, NamesAProgramThatCannotBeRun) {
  try {
    run_measured({"/nowhere/program"});
    FAIL() << "ran a program that is not there";
  } catch (const std::system_error& problem) {
    EXPECT_NE(std::string(problem.what()).find("'/nowhere/program'"), std::string::npos);
  }
}

TEST(PeakMemory, SeesWhatWasTakenAndGivenBack) {
  const double before = weft::compare::peak_memory_of_tree();
  EXPECT_GT(before, 1e5);
  std::vector<char>(256 << 20, 'x').at(1000) = 'y';
  EXPECT_GT(weft::compare::peak_memory_of_tree(), 250e6);
}

}  // namespace
