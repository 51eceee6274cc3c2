// The tool itself: where its results end up when the output is a link, closed, full, or when a signal comes.
#include "support/command_line.hpp"

#include <gmock/gmock.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string tool = "'" WEFT_TOOL "'";

weft::test::command_outcome shell(const std::string& command) {
  return weft::test::run_command({"sh", "-c", command}, "");
}

class Output : public testing::Test {
 protected:
  Output() { fs::create_directories(folder_); }
  ~Output() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string content(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  const fs::path folder_ = fs::temp_directory_path() / ("weft-output-" + std::to_string(::getpid()));
};

TEST_F(Output, ReplacesTheFileThatALinkNamesAndLeavesTheLink) {
  std::ofstream(path("real")) << "old";
  fs::create_symlink("real", path("link"));
  fs::create_symlink("link", path("second"));
  EXPECT_EQ(shell(tool + " factorial 5 --output " + path("second")).status, 0);
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_TRUE(fs::is_symlink(path("second")));
  EXPECT_EQ(content("real"), "5! = 120\n");
}

TEST_F(Output, MakesTheFileThatADanglingLinkNames) {
  fs::create_symlink("later", path("link"));
  EXPECT_EQ(shell(tool + " factorial 5 --output " + path("link")).status, 0);
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(content("later"), "5! = 120\n");
}

// Like /dev/stdout, which a failure of this test must not touch.
TEST_F(Output, WritesThroughALinkToItsOwnStandardOutput) {
  fs::create_symlink("/proc/self/fd/1", path("stdout"));
  const std::string write = tool + " factorial 5 --output " + path("stdout");
  EXPECT_EQ(shell(write).out, "5! = 120\n");
  EXPECT_EQ(shell("echo before > " + path("log") + "; " + write + " >> " + path("log")).status, 0);
  EXPECT_EQ(content("log"), "before\n5! = 120\n");
  EXPECT_EQ(shell(write + " | cat").out, "5! = 120\n");
  EXPECT_TRUE(fs::is_symlink(path("stdout")));
}

TEST_F(Output, ALoopOfLinksIsTold) {
  fs::create_symlink("b", path("a"));
  fs::create_symlink("a", path("b"));
  const auto ran = shell(tool + " factorial 5 --output " + path("a"));
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("cannot write '" + path("a")));
}

TEST_F(Output, ClosedStandardStreamsFailAndNeverHang) {
  const auto input = shell("timeout 10 " + tool + " factorial - <&-");
  EXPECT_EQ(input.status, 2);
  EXPECT_THAT(input.err, HasSubstr("cannot read"));
  const auto urls = shell("timeout 10 " + tool + " scrape - <&-");
  EXPECT_EQ(urls.status, 2);
  EXPECT_THAT(urls.err, HasSubstr("cannot read 'standard input'"));
  const auto output = shell("timeout 10 " + tool + " factorial 5 >&-");
  EXPECT_EQ(output.status, 1);
  EXPECT_THAT(output.err, HasSubstr("cannot write 'standard output'"));
  EXPECT_EQ(shell("timeout 10 " + tool + " factorial 5 2>&-").out, "5! = 120\n");
}

TEST_F(Output, AFullStandardOutputIsFailedWork) {
  for (const std::string arguments : {"factorial 5", "factorial 5 --json", "--help", "factorial --help", "--version"}) {
    const auto ran = shell(tool + " " + arguments + " >/dev/full");
    EXPECT_EQ(ran.status, 1) << arguments;
    EXPECT_THAT(ran.err, HasSubstr("cannot write 'standard output'")) << arguments;
  }
}

TEST_F(Output, ASignalEndsFactorialWithoutAPartialFile) {
  for (const std::string executor : {"sequential", "threads", "processes"}) {
    for (const std::string signal : {"INT", "TERM"}) {
      const auto ran = shell("timeout --preserve-status --signal=" + signal + " 0.7 " + tool +
                             " factorial 100000..101000 --executor " + executor + " --output " + path("out"));
      EXPECT_EQ(ran.status, 130) << executor;
      EXPECT_EQ(ran.err, "weft factorial: interrupted; '" + path("out") + "' was not written\n");
      EXPECT_TRUE(fs::is_empty(folder_)) << executor << " " << signal;
    }
  }
}

}  // namespace
