// The content of the demo site, without a server.
#include "site/pages.hpp"

#include <gmock/gmock.h>

#include <deque>
#include <set>
#include <string>

namespace weft::apps::site {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> hosts(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t host = 0; host < count; ++host) names.push_back("127.0.1." + std::to_string(host + 1));
  return names;
}

std::vector<std::string> links_of(const std::string& html) {
  std::vector<std::string> links;
  const std::string start = "href=\"";
  for (std::size_t at = html.find(start); at != std::string::npos; at = html.find(start, at + 1)) {
    const std::size_t from = at + start.size();
    links.push_back(html.substr(from, html.find('"', from) - from));
  }
  return links;
}

// Follows the links of every page that it finds, from the home page of `host` on.
std::set<std::uint64_t> crawled(const pages& content, std::size_t host, std::uint64_t count) {
  std::set<std::uint64_t> found;
  std::deque<std::string> todo{content.index_html(host)};
  while (!todo.empty()) {
    for (const std::string& link : links_of(todo.front())) {
      const std::size_t at = link.find("/page/");
      if (at == std::string::npos) continue;
      const std::uint64_t page = std::stoull(link.substr(at + 6));
      EXPECT_LT(page, count);
      if (at != 0) {
        EXPECT_EQ(link, content.url(page));
      }
      if (found.insert(page).second) todo.push_back(content.page_html(page));
    }
    todo.pop_front();
  }
  return found;
}

TEST(Pages, EveryPageIsReachedFromEveryHome) {
  for (const std::uint64_t count : {1U, 2U, 7U, 100U, 333U}) {
    for (const std::uint64_t links : {1U, 4U, 10U}) {
      for (const std::size_t many : {1U, 3U, 120U}) {
        const pages content({.pages = count, .hosts = many, .links = links}, hosts(many), 80);
        EXPECT_EQ(crawled(content, many - 1, count).size(), count) << count << " pages, " << links << " links";
      }
    }
  }
}

TEST(Pages, PageNIsOnHostNModuloTheNumberOfHosts) {
  const pages content({.pages = 10, .hosts = 3}, hosts(3), 8080);
  EXPECT_EQ(content.host_of(7), 1U);
  EXPECT_EQ(content.url(7), "http://127.0.1.2:8080/page/7");
}

TEST(Pages, APageHasATitleAndSomeHundredToAFewThousandBytes) {
  const pages content({.pages = 200, .hosts = 4}, hosts(4), 8080);
  for (std::uint64_t page = 0; page < 200; ++page) {
    const std::string html = content.page_html(page);
    EXPECT_THAT(html, HasSubstr("<title>Page " + std::to_string(page) + " of 200</title>"));
    EXPECT_GT(html.size(), 300U);
    EXPECT_LT(html.size(), 6000U);
  }
}

TEST(Pages, TheSeedAloneDecidesTheContent) {
  const pages one({.pages = 50, .seed = 7}, hosts(1), 80);
  const pages same({.pages = 50, .seed = 7}, hosts(1), 80);
  const pages other({.pages = 50, .seed = 8}, hosts(1), 80);
  EXPECT_EQ(one.page_html(20), same.page_html(20));
  EXPECT_NE(one.page_html(20), other.page_html(20));
}

TEST(Pages, RobotsTxtAllowsEverythingUnlessTold) {
  const pages content({}, hosts(1), 80);
  EXPECT_EQ(content.robots_txt(0), "User-agent: *\nDisallow:\n");
  EXPECT_EQ(content.robots_status(0), 200);
}

TEST(Pages, RobotsTxtSaysTheRulesOfItsHost) {
  const options chosen{
      .hosts = 3,
      .robots = {{.disallow = {"/a/", "/b/"}, .crawl_delay = std::chrono::milliseconds(1500)}, {.status = 404}}};
  const pages content(chosen, hosts(3), 80);
  EXPECT_EQ(content.robots_txt(0), "User-agent: *\nDisallow: /a/\nDisallow: /b/\nCrawl-delay: 1.5\n");
  EXPECT_EQ(content.robots_status(1), 404);
  EXPECT_EQ(content.robots_txt(2), content.robots_txt(0));
  EXPECT_THAT(content.robots_txt(1), Not(HasSubstr("Crawl-delay")));
}

}  // namespace
}  // namespace weft::apps::site
