// The tool itself: how it answers what nobody can have meant. One line that names it, exit 2, nothing on standard
// output.
#include "support/command_line.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

weft::test::command_outcome weft_tool(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), WEFT_TOOL);
  return weft::test::run_command(arguments, input);
}

void expect_refused(const std::vector<std::string>& arguments, const std::string& text, const std::string& input = "") {
  const auto ran = weft_tool(arguments, input);
  EXPECT_EQ(ran.status, 2) << text;
  EXPECT_EQ(ran.out, "") << text;
  EXPECT_THAT(ran.err, AllOf(StartsWith("weft"), HasSubstr(text), EndsWith("\n")));
  EXPECT_EQ(std::ranges::count(ran.err, '\n'), 1) << ran.err;
}

const std::string page = "http://127.0.0.1:1/";

TEST(Usage, AnUnknownWordIsNamedWithTheSubcommandsThereAre) {
  expect_refused({}, "a subcommand is missing; there are: compare factorial scrape site");
  expect_refused({"scrap"}, "unknown subcommand 'scrap'; there are: compare factorial scrape site");
  expect_refused({"--frobnicate"}, "unknown option '--frobnicate'; there are:");
  expect_refused({"compare"}, "weft compare: a subcommand is missing; there are: demo (see weft compare --help)");
  expect_refused({"compare", "emo"}, "unknown subcommand 'emo'; there are: demo");
  expect_refused({"compare", "demo", "--frobnicate"}, "(see weft compare demo --help)");
}

TEST(Usage, WhatAnInputContainsNeverBreaksTheLine) {
  expect_refused({"scrape", "http://a\nb/"}, "'http://a\\x0ab/' is neither");
  expect_refused({"scrape", "-"}, R"(standard input:1: 'http://a/\x00b' is not a web address; write http)",
                 std::string("http://a/\0b\n", 12));
  expect_refused({"scrape", "-"}, R"('\x1b[2J' is not a web address; write http)", "\x1b[2J\n");
}

TEST(Usage, AVeryLongInputIsShownByItsEnds) {
  const std::string longest(1'000'000, 'a');
  const auto ran = weft_tool({"scrape", "-"}, longest);
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("aaa...aaa"));
  EXPECT_THAT(ran.err, HasSubstr("write http://HOST/PATH"));
  EXPECT_LT(ran.err.size(), 2000U);
  const auto failed = weft_tool({"scrape", "-", "--retries", "0", "--output", "/dev/null"}, page + longest);
  EXPECT_EQ(failed.status, 1);
  EXPECT_LT(failed.err.size(), 2000U);
}

TEST(Usage, ValuesThatOnlyLookRightAreRefused) {
  expect_refused({"scrape", page, "--rate", "nan"}, "--rate nan is not a number");
  expect_refused({"scrape", page, "--user-agent", "me\r\nX-Forged: yes"}, R"('me\x0d\x0aX-Forged: yes')");
  expect_refused({"factorial", "5", "--json", "--output", "-"}, "--json and --output - both want standard output");
}

TEST(Usage, AnEmptyFileNameIsRefused) {
  for (const std::string option : {"--input", "--output"}) {
    expect_refused({"scrape", page, option, ""}, option + ": the file name is empty");
    expect_refused({"factorial", "5", option, ""}, option + ": the file name is empty");
  }
  expect_refused({"site", "--output", ""}, "--output: the file name is empty");
}

TEST(Usage, TheSiteDoesNotServeWhatItCannotTell) {
  expect_refused({"site", "--output", "/nowhere/out"}, "cannot write '/nowhere/out'");
  expect_refused({"site", "--output", "/"}, "cannot write '/'");
}

}  // namespace
