// Whole runs against the demo site.
#include "scrape/scraper.hpp"
#include "scrape/page.hpp"
#include "site/site.hpp"

#include <weft/base/error.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using weft::apps::site::server;
using weft::scrape::page_record;
using weft::scrape::run;
using weft::scrape::scrape_options;

using records = std::map<std::string, page_record>;

scrape_options quick() { return {.per_host = 100, .rate = 0, .wait = {.base = 1ms}}; }

records scrape(const std::vector<std::string>& urls, const scrape_options& options = quick()) {
  records got;
  const auto summary = run(options, urls, [&](const page_record& record) {
    EXPECT_TRUE(got.emplace(record.url, record).second) << record.url;
  });
  EXPECT_EQ(summary.ok + summary.failed, got.size());
  return got;
}

page_record scrape_one(const std::string& url, const scrape_options& options = quick()) {
  return scrape({url}, options).at(url);
}

TEST(Scraper, EveryPageIsFetchedOnceWithItsBytesTitleAndLinks) {
  const server site({.pages = 200, .hosts = 7});
  const auto urls = site.urls();
  const auto got = scrape(urls);
  ASSERT_EQ(got.size(), 200U);
  for (std::size_t i = 0; i < urls.size(); ++i) {
    const auto& record = got.at(urls[i]);
    const auto html = site.page_html(i);
    const auto facts = weft::scrape::parse_page(html, urls[i]);
    EXPECT_EQ(record.error, "");
    EXPECT_EQ(record.status, 200);
    EXPECT_EQ(record.bytes, html.size());
    EXPECT_EQ(record.attempts, 1U);
    EXPECT_EQ(record.final_url, urls[i]);
    EXPECT_EQ(record.title, facts.title);
    EXPECT_NE(record.title, "");
    EXPECT_EQ(record.links, facts.links);
    EXPECT_FALSE(record.links.empty());
  }
  EXPECT_EQ(site.of_site().requests, 207U) << "every page and each host's robots.txt, once";
}

TEST(Scraper, AddressesThatMeanTheSameAreFetchedOnce) {
  const server site({.pages = 1});
  const auto url = site.url(0, "/page/0");
  const auto summary = run(quick(), std::vector{url, url + "#x", site.url(0, "/a/../page/0"), url});
  EXPECT_EQ(summary.ok, 1U);
  EXPECT_EQ(summary.duplicates, 3U);
  EXPECT_EQ(site.of_site().requests, 2U);
}

TEST(Scraper, AFailureThatPassesIsTriedAgainAndCounted) {
  const server site({.pages = 1});
  const auto record = scrape_one(site.url(0, "/fault/500?times=2"));
  EXPECT_EQ(record.error, "");
  EXPECT_EQ(record.attempts, 3U);
}

TEST(Scraper, AFailureThatStaysEndsAfterTheRetries) {
  const server site({.pages = 1});
  auto options = quick();
  options.retries = 2;
  options.timeout = 100ms;
  const std::pair<const char*, const char*> cases[] = {{"/fault/503", "status 503"},
                                                       {"/fault/drop", "Empty reply from server"},
                                                       {"/fault/truncate", "transfer closed"},
                                                       {"/fault/hang", "no whole answer within 0.1 s"}};
  for (const auto& [path, text] : cases) {
    const auto record = scrape_one(site.url(0, path), options);
    EXPECT_THAT(record.error, HasSubstr(text)) << path;
    EXPECT_EQ(record.attempts, 3U) << path;
  }
}

TEST(Scraper, WhatIsNotWorthItIsAskedOnce) {
  const server site({.pages = 1});
  EXPECT_EQ(scrape_one(site.url(0, "/nowhere")).error, "status 404");
  EXPECT_EQ(scrape_one(site.url(0, "/nowhere")).attempts, 1U);
  const auto loop = scrape_one(site.url(0, "/fault/loop"));
  EXPECT_EQ(loop.error, "more than 10 redirects");
  EXPECT_EQ(loop.attempts, 1U);
  auto options = quick();
  options.max_body = 1000;
  EXPECT_EQ(scrape_one(site.url(0, "/size/1001"), options).error, "the body is longer than 1000 bytes");
}

TEST(Scraper, ARedirectIsFollowedAndTheFinalAddressTold) {
  const server site({.pages = 1});
  const auto record = scrape_one(site.url(0, "/fault/redirect?n=3"));
  EXPECT_EQ(record.error, "");
  EXPECT_EQ(record.final_url, site.url(0, "/"));
}

TEST(Scraper, RetryAfterPausesTheWholeHostAndNoOther) {
  const server site({.pages = 8, .hosts = 2});
  auto options = quick();
  options.per_host = 1;
  std::vector<std::string> urls{site.url(0, "/fault/429?times=1&retry_after=1")};
  for (const auto& url : site.urls()) urls.push_back(url);
  const auto got = scrape(urls, options);
  for (const auto& [url, record] : got) EXPECT_EQ(record.error, "") << url;
  const auto paused = site.of_host(0).arrivals;
  ASSERT_EQ(paused.size(), 6U);
  EXPECT_GE(paused[1] - paused[0], 990ms);
  const auto other = site.of_host(1).arrivals;
  ASSERT_EQ(other.size(), 4U);
  EXPECT_LE(other.back() - paused[0], 900ms);
}

TEST(Scraper, ALongerPauseThanPermittedFailsThePage) {
  const server site({.pages = 1});
  auto options = quick();
  options.max_pause = 10ms;
  const auto record = scrape_one(site.url(0, "/fault/429?retry_after=3600"), options);
  EXPECT_EQ(record.error, "status 429, and the host asks to wait 3600 s");
  EXPECT_EQ(record.attempts, 1U);
}

TEST(Scraper, RobotsTxtIsKeptToUnlessIgnored) {
  const server site({.pages = 4, .robots = {{.disallow = {"/page/1", "/page/3"}}}});
  const auto urls = site.urls();
  const auto got = scrape(urls);
  EXPECT_EQ(got.at(urls[0]).error, "");
  EXPECT_EQ(got.at(urls[1]).error, "forbidden by robots.txt");
  EXPECT_EQ(got.at(urls[1]).attempts, 0U);
  EXPECT_EQ(site.of_site().requests, 3U);
  auto options = quick();
  options.robots = weft::scrape::robots_policy::ignore;
  EXPECT_EQ(scrape(urls, options).at(urls[1]).error, "");
  EXPECT_EQ(site.of_site().robots_requests, 1U);
}

TEST(Scraper, ARobotsTxtThatIsMissingAllowsAndABrokenHostForbids) {
  const server site({.pages = 2, .hosts = 2, .robots = {{.status = 404}, {.status = 503}}});
  const auto urls = site.urls();
  auto options = quick();
  options.retries = 1;
  const auto got = scrape(urls, options);
  EXPECT_EQ(got.at(urls[0]).error, "");
  EXPECT_EQ(got.at(urls[1]).error, "robots.txt could not be read, which forbids all: status 503");
  EXPECT_EQ(site.of_host(1).robots_requests, 2U);
}

TEST(Scraper, ARefusedConnectionIsTold) {
  server site({.pages = 1});
  site.stop();
  EXPECT_THAT(scrape_one(site.url(0, "/page/0")).error, HasSubstr("Couldn't connect"));
}

TEST(Scraper, CrawlDelayAndRateKeepTheRequestsOfAHostApart) {
  const server site({.pages = 8, .hosts = 2, .robots = {{.crawl_delay = 300ms}, {}}});
  auto options = quick();
  options.rate = 10;
  scrape(site.urls(), options);
  const auto apart = [&](std::size_t host) {
    const auto arrivals = site.of_host(host).arrivals;
    EXPECT_EQ(arrivals.size(), 4U);
    auto least = std::chrono::nanoseconds::max();
    for (std::size_t i = 1; i < arrivals.size(); ++i)
      least = std::min<std::chrono::nanoseconds>(least, arrivals[i] - arrivals[i - 1]);
    return least;
  };
  // Arrivals are what can be seen; on a busy machine one may be noticed late and the next at once.
  EXPECT_GE(apart(0), 200ms);
  EXPECT_GE(apart(1), 50ms);
}

TEST(Scraper, SoManyAtOnceOverAllAndSoManyOnAHost) {
  const server site({.pages = 60, .hosts = 10, .delay = 20ms});
  auto options = quick();
  options.workers = 7;
  options.per_host = 2;
  scrape(site.urls(), options);
  EXPECT_GE(site.of_site().peak_waiting, 7U);
  EXPECT_LE(site.of_site().peak_waiting, 7U + 10U) << "seven pages and, at the start, ten robots.txt";
  for (std::size_t host = 0; host < 10; ++host) EXPECT_LE(site.of_host(host).peak_waiting, 2U) << host;
}

TEST(Scraper, SlowPagesOfManyHostsAreWaitedForTogetherWithTheDefaultPoliteness) {
  const server site({.pages = 100, .hosts = 100, .delay = 500ms});
  const auto summary = run({.workers = 100}, site.urls());
  EXPECT_EQ(summary.ok, 100U);
  EXPECT_GE(summary.wall, 500ms);
  EXPECT_LE(summary.wall, 1500ms);
}

TEST(Scraper, AnAddressThatIsNoneHasARecordToo) {
  const auto record = scrape_one("not a url");
  EXPECT_THAT(record.error, HasSubstr("not an address"));
  EXPECT_EQ(record.attempts, 0U);
}

TEST(Scraper, WhatTheSinkThrowsEndsTheRun) {
  const server site({.pages = 2, .hosts = 2});
  const std::vector urls{site.url(0, "/page/0"), site.url(1, "/fault/hang")};
  EXPECT_THROW(run(quick(), urls, [](const page_record&) { throw std::domain_error("full"); }), std::domain_error);
}

TEST(Scraper, AStopDropsWhatIsUnderWay) {
  const server site({.pages = 2, .hosts = 2});
  std::stop_source stop;
  auto options = quick();
  options.stop = stop.get_token();
  const std::vector urls{site.url(0, "/page/0"), site.url(1, "/fault/hang")};
  const auto summary = run(options, urls, [&](const page_record&) { stop.request_stop(); });
  EXPECT_TRUE(summary.interrupted);
  EXPECT_EQ(summary.ok, 1U);
}

TEST(Scraper, OptionsThatCannotWorkAreRefused) {
  const std::vector<std::string> nothing;
  EXPECT_THROW(run({.workers = 0}, nothing), weft::invalid_argument);
  EXPECT_THROW(run({.per_host = 0}, nothing), weft::invalid_argument);
  EXPECT_THROW(run({.rate = -1}, nothing), weft::invalid_argument);
  EXPECT_THROW(run({.timeout = 0s}, nothing), weft::invalid_argument);
  EXPECT_EQ(run({}, nothing).ok, 0U);
}

TEST(Scraper, ALongListPassesThroughABoundedWindow) {
  const server site({.pages = 1});
  std::size_t given = 0;
  std::size_t most_ahead = 0;
  std::size_t done = 0;
  auto options = quick();
  options.on_progress = [&](const auto& progress) {
    done = progress.ok;
    most_ahead = std::max<std::size_t>(most_ahead, progress.queued);
  };
  const auto summary = run(options, [&]() -> std::optional<std::string> {
    return given < 20'000 ? std::optional(site.url(0, "/size/1?" + std::to_string(given++))) : std::nullopt;
  });
  EXPECT_EQ(summary.ok, 20'000U);
  EXPECT_EQ(done, 20'000U);
  EXPECT_LE(most_ahead, 16'384U);
}

}  // namespace
