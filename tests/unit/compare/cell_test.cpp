#include "compare/cell.hpp"
#include "compare/demo.hpp"
#include "compare/report.hpp"

#include <weft/base/error.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace weft::compare;

std::string numeral(std::uint64_t n) { return std::to_string(n); }
std::uint64_t length(const std::string& url) { return url.size(); }
std::string refuse(std::uint64_t n) { throw std::runtime_error("refused " + std::to_string(n)); }

const jobs work{.compute = numeral, .fetch = length, .fetch_by_events = [](auto urls, std::size_t workers) {
                  return static_cast<std::uint64_t>(urls.size() * 100 + workers);
                }};

TEST(Cell, GivesTheSameAnswerInEveryWay) {
  cell_request request{.job = job_kind::compute, .first = 1000, .count = 500};
  const auto alone = run_cell(request, work);
  EXPECT_EQ(alone.items, 500U);
  EXPECT_GT(alone.peak_bytes, 0);
  request.workers = 3;
  for (const way how : {way::threads, way::processes}) {
    request.how = how;
    const auto together = run_cell(request, work);
    EXPECT_EQ(together.items, alone.items);
    EXPECT_EQ(together.checksum, alone.checksum);
  }
}

TEST(Cell, CountsTheBytesOfPages) {
  cell_request request{.job = job_kind::fetch, .workers = 2, .urls = {"a", "bb", "ccc"}};
  for (const way how : {way::sequential, way::threads, way::processes}) {
    request.how = how;
    EXPECT_EQ(run_cell(request, work).checksum, 6U);
  }
  request.how = way::events;
  EXPECT_EQ(run_cell(request, work).checksum, 302U);
  EXPECT_EQ(run_cell(request, work).items, 3U);
}

TEST(Cell, PassesOnWhatTheJobThrew) {
  const jobs failing{.compute = refuse, .fetch = nullptr, .fetch_by_events = {}};
  for (const way how : {way::sequential, way::threads, way::processes}) {
    EXPECT_THROW(run_cell({.how = how, .count = 3}, failing), std::runtime_error);
  }
  EXPECT_THROW(run_cell({.job = job_kind::compute, .how = way::events, .count = 3}, work), weft::invalid_argument);
}

TEST(Cell, ReportSurvivesItsJson) {
  const cell_report report{
      .items = 7, .checksum = ~std::uint64_t{0}, .wall_s = 1.25, .startup_cpu_s = 0.5, .peak_bytes = 3e9};
  const cell_report back = report_from_json(to_json(report));
  EXPECT_EQ(back.items, report.items);
  EXPECT_EQ(back.checksum, report.checksum);
  EXPECT_EQ(back.wall_s, report.wall_s);
  EXPECT_EQ(back.startup_cpu_s, report.startup_cpu_s);
  EXPECT_EQ(back.peak_bytes, report.peak_bytes);
  EXPECT_THROW(report_from_json("weft: what?"), weft::transfer_error);
  EXPECT_THROW(report_from_json("{}"), weft::transfer_error);
}

TEST(Sample, IsWholeRoundsOfAllWorkersWithinTheBudget) {
  EXPECT_EQ(pages_of_sample(100, 2s, 1, 5s), 2U);
  EXPECT_EQ(pages_of_sample(100, 2s, 10, 5s), 20U);
  EXPECT_EQ(pages_of_sample(100, 2s, 100, 5s), 100U);
  EXPECT_EQ(pages_of_sample(100, 10s, 5, 5s), 5U) << "one round at least";
  EXPECT_EQ(pages_of_sample(100, 10ms, 1, 5s), 100U);
  EXPECT_EQ(pages_of_sample(100, 0s, 1, 5s), 100U);
}

}  // namespace
