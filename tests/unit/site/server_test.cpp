// The demo site over the wire: hosts, latency, keep-alive, many waiting clients, what it counts, and how it ends.
#include "client.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <future>
#include <thread>

namespace weft::apps::site {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using test::client;
using test::eventually;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Site, ServesEveryPageAtItsUrlAndNowhereElse) {
  const server site({.pages = 10, .hosts = 3});
  for (std::uint64_t page = 0; page < 10; ++page) {
    for (std::size_t host = 0; host < 3; ++host) {
      const auto got = test::get(site, "/page/" + std::to_string(page), host);
      ASSERT_EQ(got.status, page % 3 == host ? 200 : 404) << page << " on " << host;
      if (got.status == 200) {
        EXPECT_EQ(got.body, site.page_html(page));
      }
    }
  }
  EXPECT_EQ(test::get(site, "/page/10", 1).status, 404);
  EXPECT_EQ(test::get(site, "/nothing").status, 404);
  EXPECT_EQ(site.urls().size(), 10U);
  EXPECT_EQ(site.urls()[4], site.url(1, "/page/4"));
}

TEST(Site, ListensOnManyLoopbackAddressesAndOnePort) {
  const server site({.pages = 300, .hosts = 300});
  ASSERT_EQ(site.addresses().size(), 300U);
  EXPECT_EQ(site.addresses().front(), "127.0.1.1");
  EXPECT_EQ(site.addresses().back(), "127.0.2.46");
  EXPECT_EQ(site.roots().back(), "http://127.0.2.46:" + std::to_string(site.port()) + "/");
  for (std::size_t host = 0; host < 300; ++host) EXPECT_EQ(test::get(site, "/", host).status, 200);
  EXPECT_EQ(site.of_site().requests, 300U);
  EXPECT_EQ(site.of_host(299).requests, 1U);
}

TEST(Site, ServesRobotsTxtWithoutTheLatencyOfPages) {
  const server site({.delay = 1h, .robots = {{.disallow = {"/private/"}, .crawl_delay = 2s}}});
  const auto got = test::get(site, "/robots.txt");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, "User-agent: *\nDisallow: /private/\nCrawl-delay: 2\n");
  EXPECT_EQ(site.of_site().robots_requests, 1U);
}

TEST(Site, AnswersAPageNotBeforeItsLatencyAndSoonAfter) {
  const server site({.delay = 150ms});
  client browser(site, 0);
  for (const char* target : {"/", "/page/3", "/delay/150"}) {
    const auto start = clock::now();
    EXPECT_EQ(browser.get(target).status, 200);
    const auto took = clock::now() - start;
    EXPECT_GE(took, 150ms) << target;
    EXPECT_LT(took, 5s) << target;
  }
}

TEST(Site, KeepsTheConnectionForTheNextRequest) {
  const server site({});
  client browser(site, 0);
  for (int round = 0; round < 100; ++round) EXPECT_EQ(browser.get("/page/7").body, site.page_html(7));
  EXPECT_EQ(site.of_host(0).connections, 1U);
  EXPECT_EQ(site.of_host(0).requests, 100U);
}

TEST(Site, ClosesWhenTheClientAsksForIt) {
  const server site({});
  client modern(site, 0);
  modern.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(modern.receive_all(), HasSubstr("Connection: close\r\n"));
  client old(site, 0);
  old.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old.receive_all(), HasSubstr("</html>"));
}

TEST(Site, AnswersHeadWithoutABody) {
  const server site({});
  client browser(site, 0);
  const auto head = browser.get("/page/1", "HEAD");
  EXPECT_EQ(head.field("Content-Length"), std::to_string(site.page_html(1).size()));
  EXPECT_EQ(browser.get("/page/1").body, site.page_html(1));
}

TEST(Site, AnswersRequestsThatCameAtOnceInOrder) {
  const server site({.delay = 20ms});
  client browser(site, 0);
  for (const char* target : {"/page/1", "/page/2", "/page/3"}) browser.ask(target);
  for (std::uint64_t page = 1; page <= 3; ++page) EXPECT_EQ(browser.receive().body, site.page_html(page));
}

TEST(Site, LetsFiveHundredClientsWaitAtOnce) {
  constexpr std::size_t clients = 500;
  constexpr auto latency = 200ms;
  const server site({.pages = clients, .hosts = 50, .delay = latency});
  std::vector<client> browsers;
  for (std::size_t page = 0; page < clients; ++page) browsers.emplace_back(site, page % 50);
  const auto start = clock::now();
  for (std::size_t page = 0; page < clients; ++page) browsers[page].ask("/page/" + std::to_string(page));
  for (std::size_t page = 0; page < clients; ++page) ASSERT_EQ(browsers[page].receive().body, site.page_html(page));
  const auto took = clock::now() - start;
  EXPECT_GE(took, latency);
  EXPECT_LT(took, clients * latency / 20);  // one after the other: 100 s
  EXPECT_EQ(site.of_site().peak_connections, clients);
  EXPECT_EQ(site.of_host(7).peak_connections, clients / 50);
}

TEST(Site, CountsWhatEachHostSees) {
  const server site({.pages = 4, .hosts = 2, .delay = 30ms});
  const auto start = clock::now();
  {
    client one(site, 1);
    client two(site, 1);
    one.ask("/page/1");
    two.ask("/page/3");
    EXPECT_TRUE(one.receive().whole);
    EXPECT_TRUE(two.receive().whole);
    EXPECT_TRUE(one.get("/robots.txt").whole);
  }
  EXPECT_TRUE(eventually([&] { return site.of_host(1).open_connections == 0; }));
  const auto seen = site.of_host(1);
  EXPECT_EQ(seen.requests, 3U);
  EXPECT_EQ(seen.robots_requests, 1U);
  EXPECT_EQ(seen.connections, 2U);
  EXPECT_EQ(seen.peak_connections, 2U);
  EXPECT_EQ(seen.waiting, 0U);
  EXPECT_GE(seen.peak_waiting, 1U);
  EXPECT_LE(seen.peak_waiting, 2U);
  EXPECT_GT(seen.bytes_sent, site.page_html(1).size() + site.page_html(3).size());
  ASSERT_EQ(seen.arrivals.size(), 2U);
  EXPECT_LE(start, seen.arrivals[0]);
  EXPECT_LE(seen.arrivals[0], seen.arrivals[1]);
  EXPECT_EQ(site.of_host(0).requests, 0U);
  EXPECT_EQ(site.of_site().requests, 3U);
  EXPECT_THROW(static_cast<void>(site.of_host(2)), std::out_of_range);
}

TEST(Site, CountsClientsThatGoBeforeTheirAnswer) {
  const server site({.delay = 1h});
  {
    client impatient(site, 0);
    impatient.ask("/page/0");
    EXPECT_TRUE(eventually([&] { return site.of_site().waiting == 1; }));
  }
  EXPECT_TRUE(eventually([&] { return site.of_site().abandoned == 1 && site.of_site().open_connections == 0; }));
}

TEST(Site, StopsAtOnceWhateverItsConnectionsDo) {
  server site({.hosts = 2, .delay = 1h});
  std::vector<client> clients;
  for (const char* target : {"/page/0", "/fault/hang", "/fault/drip?size=1000&interval=1000", "/size/1000000000"}) {
    clients.emplace_back(site, 0).ask(target);
  }
  clients.emplace_back(site, 1);
  EXPECT_TRUE(eventually([&] { return site.of_site().requests == 4 && site.of_site().connections == 5; }));
  const auto start = clock::now();
  site.stop();
  EXPECT_LT(clock::now() - start, 5s);
  EXPECT_EQ(site.of_site().open_connections, 0U);
  EXPECT_EQ(clients.back().receive_all(), "");
  EXPECT_FALSE(clients.back().ran_out_of_patience());
  EXPECT_THROW(client(site, 0), std::system_error);
  site.stop();
}

TEST(Site, NamesTheAddressThatItCannotListenOn) {
  const server first({.hosts = 3});
  try {
    const server second({.hosts = 2, .port = first.port(), .first_address = "127.0.1.3"});
    FAIL() << "two servers on one address";
  } catch (const std::system_error& problem) {
    EXPECT_EQ(problem.code(), std::errc::address_in_use);
    EXPECT_THAT(problem.what(), StartsWith("cannot listen on 127.0.1.3:" + std::to_string(first.port())));
  }
}

TEST(Site, SeveralSitesLiveSideBySide) {
  const server one({.hosts = 20, .seed = 1});
  const server two({.hosts = 20, .seed = 2});
  EXPECT_EQ(test::get(one, "/page/5", 5).body, one.page_html(5));
  EXPECT_EQ(test::get(two, "/page/5", 5).body, two.page_html(5));
}

TEST(Site, RefusesOptionsThatMakeNoSense) {
  EXPECT_THROW(server({.pages = 0}), std::invalid_argument);
  EXPECT_THROW(server({.hosts = 0}), std::invalid_argument);
  EXPECT_THROW(server({.delay = -1s}), std::invalid_argument);
  EXPECT_THROW(server({.first_address = "0.0.0.0"}), std::invalid_argument);
  EXPECT_THROW(server({.links = 0}), std::invalid_argument);
  EXPECT_THROW(server({.faults = {.drop = 1.5}}), std::invalid_argument);
  EXPECT_THROW(server({.faults = {.server_error = 0.6, .drop = 0.6}}), std::invalid_argument);
  EXPECT_THROW(server({.robots = {{.disallow = {"/a\nAllow: /"}}}}), std::invalid_argument);
}

}  // namespace
}  // namespace weft::apps::site
