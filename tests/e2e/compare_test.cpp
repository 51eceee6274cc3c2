// The tool itself: `weft compare demo`, small.
#include "support/command_line.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

weft::test::command_outcome demo(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {WEFT_TOOL, "compare", "demo"});
  return weft::test::run_command(arguments);
}

/// Pages of 50 ms, two rounds of them at the most.
std::vector<std::string> small(std::vector<std::string> more) {
  for (const char* argument :
       {"--workers", "3,1", "--pages", "6", "--delay", "50ms", "--budget", "110ms", "--compute", "40ms"}) {
    more.emplace_back(argument);
  }
  return more;
}

void expect_whole_row(const json& cell) {
  EXPECT_GT(cell.at("wall_s").get<double>(), 0);
  EXPECT_GT(cell.at("cpu_s").get<double>(), 0);
  EXPECT_GT(cell.at("peak_bytes").get<double>(), 1e6);
  EXPECT_GT(cell.at("speed_up").get<double>(), 0);
  EXPECT_NEAR(cell.at("efficiency").get<double>() * cell.at("workers").get<double>(), cell.at("speed_up").get<double>(),
              1e-6);
}

TEST(CompareTool, MeasuresEveryWayWithEveryCountForBothJobs) {
  const auto ran = demo(small({"--json"}));
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  const auto result = json::parse(ran.out);
  ASSERT_EQ(result.at("jobs").size(), 2U);
  const std::map<std::string, std::set<std::string>> ways{{"fetch", {"threads", "processes", "events"}},
                                                          {"compute", {"threads", "processes"}}};
  for (const auto& job : result.at("jobs")) {
    std::set<std::pair<std::string, int>> expected{{"sequential", 1}};
    for (const auto& how : ways.at(job.at("job"))) expected.insert({{how, 1}, {how, 3}});
    std::set<std::pair<std::string, int>> found;
    for (const auto& cell : job.at("cells")) {
      found.emplace(cell.at("way").get<std::string>(), cell.at("workers").get<int>());
      expect_whole_row(cell);
    }
    EXPECT_EQ(found, expected);
  }
}

TEST(CompareTool, SamplesLongPagesAndScalesThem) {
  const auto ran = demo(small({"--json"}));
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto result = json::parse(ran.out);
  for (const auto& cell : result.at("jobs").at(0).at("cells")) {
    const int workers = cell.at("workers").get<int>();
    EXPECT_EQ(cell.at("items_done").get<int>(), std::min(6, 2 * workers));
    EXPECT_EQ(cell.at("sampled").get<bool>(), workers == 1);
    EXPECT_GE(cell.at("wall_s").get<double>(), 0.05 * 6 / workers);
  }
}

TEST(CompareTool, PrintsTablesAndWritesAReport) {
  const fs::path folder = fs::temp_directory_path() / ("weft-compare-" + std::to_string(::getpid()));
  const auto ran = demo(small({"--report", folder / "report"}));
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(StartsWith("I/O-bound: 6 pages that take 0.05 s each\n"), HasSubstr("\nCPU-bound: "),
                             HasSubstr("More workers no longer pay after: "), HasSubstr("* scaled to the whole job")));
  std::ifstream file(folder / "report" / "compare.txt");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), ran.out);
  EXPECT_EQ(json::parse(std::ifstream(folder / "report" / "compare.json")).at("jobs").size(), 2U);
  fs::remove_all(folder);
}

TEST(CompareTool, RefusesBadInputWithOneLineThatNamesIt) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"--workers", "0"}, "--workers"},  {{"--workers", "2,x"}, "x"},
      {{"--pages", "0"}, "--pages"},      {{"--delay", "soon"}, "'soon' is not a duration"},
      {{"--frobnicate"}, "--frobnicate"}, {{"--report", "/proc/none"}, "'/proc/none'"},
  };
  for (const auto& [arguments, expected] : cases) {
    const auto ran = demo(arguments);
    EXPECT_EQ(ran.status, 2) << expected;
    EXPECT_EQ(ran.out, "") << expected;
    EXPECT_THAT(ran.err, AllOf(StartsWith("weft compare"), HasSubstr(expected)));
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  }
}

}  // namespace
