// RFC 9309, by section.
#include "scrape/robots.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using weft::scrape::product_token;
using weft::scrape::robots_rules;

bool allowed(std::string_view text, std::string_view target, std::string_view product = "weft") {
  return robots_rules::parse(text, product).allowed(target);
}

TEST(Robots, AnEmptyOrSenselessFileAllowsEverything) {
  EXPECT_TRUE(allowed("", "/a"));
  EXPECT_TRUE(allowed("<html>not found</html>", "/a"));
  EXPECT_TRUE(allowed("Disallow: /", "/a")) << "a rule before any user-agent line belongs to nobody";
  EXPECT_TRUE(allowed(std::string_view("\0\xff\xfe:\0\n", 6), "/a"));
}

TEST(Robots, Section_2_2_1_TheGroupOfTheProductCountsWhateverItsCaseElseThatOfTheStar) {
  const std::string_view text = "User-Agent: WEFT\nDisallow: /own\n\nuser-agent: *\nDisallow: /all\n";
  EXPECT_FALSE(allowed(text, "/own"));
  EXPECT_TRUE(allowed(text, "/all"));
  EXPECT_TRUE(allowed(text, "/own", "other"));
  EXPECT_FALSE(allowed(text, "/all", "other"));
}

TEST(Robots, Section_2_2_1_GroupsOfTheSameProductAreOne) {
  const std::string_view text =
      "User-agent: weft\nDisallow: /a\nUser-agent: x\nDisallow: /b\nUser-agent: weft\nDisallow: /c\n";
  EXPECT_FALSE(allowed(text, "/a"));
  EXPECT_TRUE(allowed(text, "/b"));
  EXPECT_FALSE(allowed(text, "/c"));
}

TEST(Robots, Section_2_2_1_SeveralNamesMayShareAGroup) {
  const std::string_view text = "User-agent: x\nUser-agent: weft\nSitemap: /s\nUser-agent: y\nDisallow: /a\n";
  EXPECT_FALSE(allowed(text, "/a"));
  EXPECT_FALSE(allowed(text, "/a", "x"));
  EXPECT_FALSE(allowed(text, "/a", "y"));
  EXPECT_TRUE(allowed(text, "/a", "z"));
}

TEST(Robots, Section_2_2_1_AnOwnGroupWithoutRulesAllowsEverything) {
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /\nUser-agent: weft\nDisallow:\n", "/a"));
}

TEST(Robots, Section_2_2_1_ANameIsComparedAsAWholeUpToItsVersion) {
  EXPECT_FALSE(allowed("User-agent: weft/1.0 (fast)\nDisallow: /\n", "/a"));
  EXPECT_TRUE(allowed("User-agent: weftier\nDisallow: /\n", "/a"));
  EXPECT_TRUE(allowed("User-agent: wef\nDisallow: /\n", "/a"));
  EXPECT_EQ(product_token("weft/0.1 (+https://example.org)"), "weft");
  EXPECT_EQ(product_token("My-Crawler_x 2"), "My-Crawler_x");
}

TEST(Robots, Section_2_2_2_TheLongestMatchDecidesAndAllowWinsTies) {
  const std::string_view text =
      "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /tie\nDisallow: /tie\n";
  EXPECT_FALSE(allowed(text, "/a/x"));
  EXPECT_TRUE(allowed(text, "/a/b"));
  EXPECT_FALSE(allowed(text, "/a/b/c/d"));
  EXPECT_TRUE(allowed(text, "/tie"));
  EXPECT_TRUE(allowed(text, "/"));
}

TEST(Robots, Section_2_2_2_PathsAreComparedWithCaseAndRobotsTxtItselfIsAlwaysAllowed) {
  const std::string_view text = "User-agent: *\nDisallow: /Secret\nDisallow: /robots\n";
  EXPECT_FALSE(allowed(text, "/Secret"));
  EXPECT_TRUE(allowed(text, "/secret"));
  EXPECT_TRUE(allowed(text, "/robots.txt"));
  EXPECT_FALSE(allowed(text, "/robots.html"));
}

struct encoded_case {
  const char* rule;
  const char* target;
  bool match;
};

TEST(Robots, Section_2_2_2_OctetsThatMeanTheSameAreTheSame) {
  const encoded_case cases[] = {
      {"/foo/bar?baz=quz", "/foo/bar?baz=quz", true},
      {"/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar", true},
      {"/foo/bar?baz=https%3A%2F%2Ffoo.bar", "/foo/bar?baz=https%3a%2f%2ffoo.bar", true},
      {"/foo/bar/\xE3\x83\x84", "/foo/bar/%E3%83%84", true},
      {"/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", true},
      {"/foo/bar/%62%61%7A", "/foo/bar/baz", true},
      {"/a%2Fb", "/a/b", false},
      {"/100%", "/100%25", true},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(!allowed(std::string("User-agent: *\nDisallow: ") + one.rule, one.target), one.match)
        << one.rule << " " << one.target;
  }
}

TEST(Robots, Section_2_2_3_StarAndDollarAreSpecialAndCanBeWrittenEncoded) {
  const encoded_case cases[] = {
      {"/fish*", "/fish", true},
      {"/fish*", "/fisheries/x", true},
      {"/*.gif$", "/images/a.gif", true},
      {"/*.gif$", "/images/a.gif?x", false},
      {"/a$", "/a", true},
      {"/a$", "/ab", false},
      {"/a*b*c$", "/aXbYbZc", true},
      {"/a*bc$", "/abcbc", true},
      {"/a*b", "/a/c", false},
      {"*/private", "/x/private/y", true},
      {"/**", "/", true},
      {"*", "/", true},
      {"/$", "/", true},
      {"/$", "/a", false},
      {"/a$b", "/a$b", true},
      {"/file-%2A.html", "/file-*.html", true},
      {"/file-%2A.html", "/file-x.html", false},
      {"/foo-%24", "/foo-$", true},
      {"/ab*ba$", "/aba", false},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(!allowed(std::string("User-agent: *\nDisallow: ") + one.rule, one.target), one.match)
        << one.rule << " " << one.target;
  }
}

TEST(Robots, AHostilePatternCostsLinearTime) {
  std::string pattern;
  for (int i = 0; i < 20'000; ++i) pattern += "*a";
  const std::string target = "/" + std::string(200'000, 'a') + "b";
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /" + pattern + "c$", target));
}

TEST(Robots, LinesMayEndInAnyWayAndHaveCommentsAndSpacesAndAMark) {
  EXPECT_FALSE(allowed("\xEF\xBB\xBFUser-agent : *\r  disallow\t: /a # why\r\n# c\r\nDISALLOW:/b", "/a"));
  EXPECT_FALSE(allowed("\xEF\xBB\xBFUser-agent : *\r  disallow\t: /a # why\r\n# c\r\nDISALLOW:/b", "/b"));
}

TEST(Robots, Section_2_5_AFileIsReadToItsLimit) {
  const std::string rule = "User-agent: *\nDisallow: /a\n";
  EXPECT_FALSE(allowed(rule + std::string(10'000'000, '#'), "/a"));
  EXPECT_TRUE(allowed(std::string(robots_rules::max_size, '#') + "\n" + rule, "/a"));
}

TEST(Robots, CrawlDelayIsReadFromTheGroupThatCounts) {
  const std::string_view text = "User-agent: *\nCrawl-delay: 10\nUser-agent: weft\nCrawl-delay: 1.5\nDisallow: /x\n";
  EXPECT_EQ(robots_rules::parse(text, "weft").crawl_delay(), 1500ms);
  EXPECT_EQ(robots_rules::parse(text, "other").crawl_delay(), 10s);
  EXPECT_EQ(robots_rules::parse("User-agent: *\nCrawl-delay: soon\n", "weft").crawl_delay(), std::nullopt);
  EXPECT_EQ(robots_rules::parse("User-agent: *\nCrawl-delay: -1\n", "weft").crawl_delay(), std::nullopt);
  EXPECT_GT(robots_rules::parse("User-agent: *\nCrawl-delay: 1e300\n", "weft").crawl_delay(), 24h);
}

TEST(Robots, DenyAllDeniesAllButRobotsTxt) {
  EXPECT_FALSE(robots_rules::deny_all().allowed("/"));
  EXPECT_TRUE(robots_rules::deny_all().allowed("/robots.txt"));
  EXPECT_TRUE(robots_rules().allowed("/x"));
}

}  // namespace
