// The tool itself: `weft factorial` as a person runs it.
#include "support/command_line.hpp"

#include <gmock/gmock.h>

#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

weft::test::command_outcome factorial(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), {WEFT_TOOL, "factorial"});
  return weft::test::run_command(arguments, input);
}

class FactorialTool : public testing::Test {
 protected:
  FactorialTool() { fs::create_directories(folder_); }
  ~FactorialTool() override { fs::remove_all(folder_); }

  fs::path folder_ = fs::temp_directory_path() / ("weft-factorial-" + std::to_string(::getpid()));
};

TEST_F(FactorialTool, PrintsTheFactorialsOfNumbersRangesFilesAndStandardInput) {
  std::ofstream(folder_ / "numbers") << "# two\n6\n\n5..7..2 # odd\n";
  const auto ran = factorial({"3", "-", "0..1", "--input", folder_ / "numbers"}, "4\n");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.out, "3! = 6\n4! = 24\n0! = 1\n1! = 1\n6! = 720\n5! = 120\n7! = 5040\n");
}

TEST_F(FactorialTool, WritesTheFormatsToFilesAndASummaryAsJson) {
  const auto ran = factorial({"5", "5", "--format", "jsonl", "--output", folder_ / "out", "--json"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, StartsWith(R"({"results":2,"computed":1,"digits":6,"executor":"sequential","workers":1,)"));
  std::ostringstream content;
  content << std::ifstream(folder_ / "out").rdbuf();
  const std::string line = R"({"n":5,"digits":3,"trailing_zeros":1,"factorial":"120"})";
  EXPECT_EQ(content.str(), line + "\n" + line + "\n");
  EXPECT_EQ(factorial({"3", "--format", "csv"}).out, "n,digits,trailing_zeros,factorial\n3,1,0,6\n");
  EXPECT_THAT(factorial({"2", "--json"}).out, StartsWith(R"({"factorials":[
{"n":2,"digits":1,"trailing_zeros":0,"factorial":"2"}
],"results":1,)"));
}

TEST_F(FactorialTool, RefusesBadInputWithOneLineThatNamesIt) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"-5"}, "'-5' is negative"},
      {{"5", "1.5"}, "'1.5' is not a whole number"},
      {{"1e400"}, "'1e400' is not a whole number"},
      {{""}, "an empty number"},
      {{}, "no numbers given"},
      {{"5..1"}, "write 1..5"},
      {{"1000000001"}, "the largest n is 1000000000"},
      {{"5", "--frobnicate"}, "unknown option '--frobnicate'"},
      {{"5", "--format", "xml"}, "xml"},
      {{"5", "--executor", "magic"}, "magic"},
      {{"5", "--workers", "0"}, "--workers"},
      {{"5", "--workers", "3", "--executor", "sequential"}, "--workers 3"},
      {{"-", "-"}, "once only"},
      {{"5", "--json", "--format", "csv"}, "--output FILE"},
      {{"--input", "/nowhere/numbers"}, "'/nowhere/numbers'"},
      {{"--input", WEFT_TOOL}, "line 1"},
      {{"5", "--output", "/nowhere/out"}, "'/nowhere/out'"},
  };
  for (const auto& [arguments, expected] : cases) {
    const auto ran = factorial(arguments);
    EXPECT_EQ(ran.status, 2) << expected;
    EXPECT_EQ(ran.out, "") << expected;
    EXPECT_THAT(ran.err, AllOf(StartsWith("weft factorial: "), HasSubstr(expected), EndsWith("\n")));
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  }
}

TEST_F(FactorialTool, NamesTheLineOfABatchAndWritesNothing) {
  const auto ran = factorial({"-", "--output", folder_ / "out"}, "1\n2\nx3\n");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("standard input, line 3: 'x3'"));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(FactorialTool, LeavesNoPartialFileWhenTheDiskIsFull) {
  const auto ran = factorial({"5", "--output", "/dev/full"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.err, HasSubstr("'/dev/full'"));
}

TEST_F(FactorialTool, BeginsARangeOfAThousandMillionAtOnceInLittleMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  const std::string limit = "unlimited";  // the sanitizers reserve terabytes
#else
  const std::string limit = "400000";
#endif
  const std::string limited =
      "ulimit -v " + limit + "; '" WEFT_TOOL "' factorial 0..1000000000 | head -n 2000 | tail -n 1";
  const auto ran = weft::test::run_command({"sh", "-c", limited});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, StartsWith("1999! = "));
  EXPECT_EQ(ran.err, "");
}

}  // namespace
