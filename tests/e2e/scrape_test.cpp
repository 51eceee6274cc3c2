// The tool itself: `weft scrape` as a person runs it, on the demo site.
#include "site/site.hpp"
#include "support/command_line.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;
using weft::apps::site::server;

weft::test::command_outcome scrape(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), {WEFT_TOOL, "scrape"});
  return weft::test::run_command(arguments, input);
}

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> records;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) records.push_back(json::parse(line));
  return records;
}

class ScrapeTool : public testing::Test {
 protected:
  ScrapeTool() { fs::create_directories(folder_); }
  ~ScrapeTool() override { fs::remove_all(folder_); }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  std::string content(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  const fs::path folder_ = fs::temp_directory_path() / ("weft-scrape-" + std::to_string(::getpid()));
};

TEST_F(ScrapeTool, FetchesWhatIsGivenOnTheLineInFilesAndOnStandardInput) {
  const server site({.pages = 4, .hosts = 4});
  const auto urls = site.urls();
  std::ofstream(file("list")) << "# the second\n" << urls[1] << "\n\n";
  std::ofstream(file("more")) << urls[3] << "\r\n" << urls[0] << "\n";
  const auto ran = scrape({urls[0], file("list"), "-", "--input", file("more")}, urls[2] + "\n");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.err, "");
  std::set<std::string> got;
  for (const auto& record : lines_of(ran.out)) got.insert(record.at("url"));
  EXPECT_EQ(got, std::set<std::string>(urls.begin(), urls.end()));
}

TEST_F(ScrapeTool, WritesRecordsToAFileAndASummaryAsJson) {
  const server site({.pages = 20, .hosts = 20});
  std::ostringstream list;
  for (const auto& url : site.urls()) list << url << "\n";
  const auto ran = scrape({"--input", "-", "--output", file("out.jsonl"), "--json", "--workers", "7"}, list.str());
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.err, "");
  const auto summary = json::parse(ran.out);
  EXPECT_EQ(summary.at("ok"), 20);
  EXPECT_EQ(summary.at("failed"), 0);
  std::uint64_t bytes = 0;
  const auto records = lines_of(content("out.jsonl"));
  ASSERT_EQ(records.size(), 20U);
  for (const auto& record : records) {
    bytes += record.at("bytes").get<std::uint64_t>();
    EXPECT_EQ(record.at("status"), 200);
    EXPECT_EQ(record.at("error"), nullptr);
    EXPECT_EQ(record.size(), 10U);
  }
  EXPECT_EQ(summary.at("bytes"), bytes);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "nothing but the output is left";
}

TEST_F(ScrapeTool, AFailedPageIsExitOneWithOneLineAndItsRecordStands) {
  const server site({.pages = 1});
  const auto ran =
      scrape({site.url(0, "/page/0"), site.url(0, "/nowhere"), "--rate", "0", "--output", file("out.jsonl")});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.err, "weft scrape: 1 of 2 pages failed; the first: " + site.url(0, "/nowhere") + ": status 404\n");
  EXPECT_THAT(ran.out, StartsWith("1 pages fetched, 1 failed"));
  EXPECT_EQ(lines_of(content("out.jsonl")).size(), 2U);
}

TEST_F(ScrapeTool, ARefusedConnectionIsTold) {
  server site({.pages = 1});
  site.stop();
  const auto ran = scrape({site.url(0, "/"), "--retries", "0"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.err, HasSubstr("Couldn't connect"));
  EXPECT_EQ(std::ranges::count(ran.err, '\n'), 1);
}

TEST_F(ScrapeTool, RefusesBadUsageWithOneLineThatNamesItBeforeAnyWork) {
  const server site({.pages = 1});
  const auto url = site.url(0, "/page/0");
  std::ofstream(file("bad")) << url << "\nhttp//typo\n";
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{}, "no address to fetch"},
      {{"http//typo"}, "'http//typo' is neither a web address nor a file; write http://HOST/PATH"},
      {{"ftp://a.test/"}, "'ftp://a.test/'"},
      {{file("bad")}, file("bad") + ":2: 'http//typo' is not a web address"},
      {{"--input", file("missing")}, "cannot read '" + file("missing") + "'"},
      {{"--input", folder_.string()}, "is a directory"},
      {{url, "--bogus"}, "--bogus"},
      {{url, "--workers", "many"}, "many"},
      {{url, "--workers", "0"}, "--workers"},
      {{url, "--rate", "-1"}, "--rate"},
      {{url, "--timeout", "soon"}, "'soon' is not a duration"},
      {{url, "--timeout", "0"}, "--timeout"},
      {{url, "--robots", "maybe"}, "maybe"},
      {{url, "--output", file("no/such/out")}, "cannot write '" + file("no/such/out") + "'"},
      {{url, "--output", "-", "--json"}, "--json"},
  };
  for (const auto& [arguments, text] : cases) {
    const auto ran = scrape(arguments);
    EXPECT_EQ(ran.status, 2) << text;
    EXPECT_THAT(ran.err, HasSubstr(text));
    EXPECT_EQ(std::ranges::count(ran.err, '\n'), 1) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
  EXPECT_EQ(site.of_site().requests, 0U);
}

TEST_F(ScrapeTool, AnInterruptEndsItWithoutAFileThatLooksWhole) {
  const server site({.pages = 2, .hosts = 2});
  // One second is for the page that comes; the other never does.
  const auto ran =
      weft::test::run_command({"timeout", "--preserve-status", "--signal=INT", "1", WEFT_TOOL, "scrape",
                               site.url(0, "/page/0"), site.url(1, "/fault/hang"), "--output", file("out.jsonl")});
  EXPECT_EQ(ran.status, 130);
  EXPECT_EQ(ran.err, "weft scrape: interrupted after 1 pages; '" + file("out.jsonl") + "' was not written\n");
  EXPECT_TRUE(fs::is_empty(folder_));
}

// timeout sends the signal twice, to the process and to its group; shells and container runtimes do so too.
TEST_F(ScrapeTool, TwoSignalsAtOnceAreOneRequestToEnd) {
  const server site({.pages = 2, .hosts = 2});
  for (int round = 0; round < 10; ++round) {
    const auto ran = weft::test::run_command({"timeout", "--preserve-status", "--signal=TERM", "0.3", WEFT_TOOL,
                                              "scrape", site.url(1, "/fault/hang"), "--output", file("out.jsonl")});
    EXPECT_EQ(ran.status, 130);
    EXPECT_EQ(ran.err, "weft scrape: interrupted after 0 pages; '" + file("out.jsonl") + "' was not written\n");
    EXPECT_TRUE(fs::is_empty(folder_));
  }
}

TEST_F(ScrapeTool, ASummaryThatCannotBeWrittenIsFailedWork) {
  const server site({.pages = 1});
  const std::string run = "'" WEFT_TOOL "' scrape " + site.url(0, "/page/0") + " --json >/dev/full";
  const auto ran = weft::test::run_command({"sh", "-c", run});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.err, "weft: cannot write 'standard output': No space left on device\n");
}

TEST_F(ScrapeTool, AHundredSlowPagesOnAHundredHostsTakeAsLongAsOne) {
  const server site({.pages = 100, .hosts = 100, .delay = std::chrono::seconds(2)});
  std::ofstream list(file("list"));
  for (const auto& url : site.urls()) list << url << "\n";
  list.close();
  const auto timed = [&](std::vector<std::string> arguments) {
    const auto began = std::chrono::steady_clock::now();
    const auto ran = scrape(std::move(arguments));
    EXPECT_EQ(ran.status, 0) << ran.err;
    return std::chrono::steady_clock::now() - began;
  };
  const auto one = timed({site.urls().front(), "--output", file("one.jsonl")});
  const auto hundred = timed({file("list"), "--workers", "100", "--output", file("out.jsonl")});
  EXPECT_EQ(lines_of(content("out.jsonl")).size(), 100U);
  EXPECT_LE(hundred, one * 3 / 2);
}

}  // namespace
