#include "scrape/page.hpp"

#include <gmock/gmock.h>

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using weft::scrape::is_html;
using weft::scrape::parse_page;

const std::string here = "http://a.test/dir/page.html?q#f";

TEST(Page, HasATitleWithItsEntitiesReadAndItsWhiteSpaceCollapsed) {
  EXPECT_EQ(parse_page("<html><head><title>\n A &amp; B\t\n &eacute;&#x20AC; </title><title>2</title>", here).title,
            "A & B \u00e9\u20ac");
  EXPECT_EQ(parse_page("<p>none", here).title, "");
}

TEST(Page, LinksAreAbsoluteEachOnceInOrderWithoutFragment) {
  const auto facts = parse_page(
      "<a href='b.html#x'>1</a><A HREF=../c>2</A><a href=\"/d?x=1&amp;y=2\">3</a><a href='//B.test/e'>4</a>"
      "<a href='b.html'>again</a><a name=n>none</a><a href='https://c.test'>5</a>",
      here);
  EXPECT_THAT(facts.links, ElementsAre("http://a.test/dir/b.html", "http://a.test/c", "http://a.test/d?x=1&y=2",
                                       "http://b.test/e", "https://c.test/"));
}

TEST(Page, WhatIsNoWebAddressIsNoLink) {
  EXPECT_THAT(parse_page("<a href='mailto:x@y'>1</a><a href='javascript:void(0)'>2</a><a href='ftp://f/x'>3</a>"
                         "<a href='data:text/html,x'>4</a><a href='http://'>5</a><img src=i.png><link href=l.css>",
                         here)
                  .links,
              IsEmpty());
}

TEST(Page, TheFirstBaseCounts) {
  EXPECT_THAT(parse_page("<base href='/other/'><base href='/third/'><a href=x>1</a>", here).links,
              ElementsAre("http://a.test/other/x"));
}

TEST(Page, BrokenHtmlIsReadAsFarAsItGoes) {
  EXPECT_THAT(parse_page("<a href=one <b><<p <a href='two'><title>t", here).title, "t");
  EXPECT_THAT(parse_page("", here).links, IsEmpty());
  EXPECT_THAT(parse_page(std::string("\0\0<a href=x>\0", 14), here).title, "");
  EXPECT_THAT(parse_page("<!-- <a href=hidden> --><script>'<a href=also>'</script><a href=seen>", here).links,
              ElementsAre("http://a.test/dir/seen"));
}

TEST(Page, Utf8IsReadAsSuchAndOtherwiseTheNamedCharsetCounts) {
  EXPECT_EQ(parse_page("<title>\xC3\xA9</title>", here).title, "\u00e9");
  EXPECT_EQ(parse_page("<title>\xE9</title>", here, "text/html; charset=iso-8859-1").title, "\u00e9");
  EXPECT_EQ(parse_page("<meta charset=iso-8859-2><title>\xB9</title>", here).title, "\u0161");
  EXPECT_EQ(parse_page("<title>\xCF\xF0</title>", here, "text/html; Charset=\"windows-1251\"").title, "\u041f\u0440");
}

TEST(Page, AHugePageIsReadInPieces) {
  std::string html = "<title>big</title>";
  for (int i = 0; i < 100'000; ++i) html += "<p>text <a href='/p" + std::to_string(i) + "'>x</a></p>\n";
  const auto facts = parse_page(html, here);
  EXPECT_EQ(facts.title, "big");
  EXPECT_EQ(facts.links.size(), 100'000U);
  EXPECT_EQ(facts.links.back(), "http://a.test/p99999");
}

TEST(Page, OnlyHtmlIsWorthParsing) {
  EXPECT_TRUE(is_html("text/html"));
  EXPECT_TRUE(is_html("Text/HTML; charset=utf-8"));
  EXPECT_TRUE(is_html("application/xhtml+xml"));
  EXPECT_TRUE(is_html(""));
  EXPECT_FALSE(is_html("text/plain"));
  EXPECT_FALSE(is_html("application/pdf"));
}

}  // namespace
