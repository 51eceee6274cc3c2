// The fetcher against the demo site's faults.
#include "scrape/fetcher.hpp"
#include "site/site.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <thread>

namespace {

using namespace std::chrono_literals;
using weft::apps::site::server;
using weft::scrape::fetch_failure;
using weft::scrape::fetch_request;
using weft::scrape::fetch_result;
using weft::scrape::fetcher;

class Fetcher : public testing::Test {
 protected:
  fetch_result fetch(fetch_request request) {
    fetcher_.start(std::move(request));
    while (true) {
      auto ended = fetcher_.wait(30s);
      if (!ended.empty()) return std::move(ended.front());
    }
  }
  fetch_result fetch_path(const std::string& path) { return fetch({.url = site_.url(0, path)}); }

  server site_{{.pages = 300, .hosts = 3}};
  fetcher fetcher_{{}};
};

TEST_F(Fetcher, FetchesManyAtOnceAndTellsThemApart) {
  const auto urls = site_.urls();
  for (std::size_t i = 0; i < urls.size(); ++i) fetcher_.start({.id = i, .url = urls[i]});
  EXPECT_EQ(fetcher_.running(), urls.size());
  std::map<std::uint64_t, fetch_result> results;
  while (fetcher_.running() > 0) {
    for (auto& one : fetcher_.wait(30s)) results.emplace(one.id, std::move(one));
  }
  ASSERT_EQ(results.size(), urls.size());
  for (const auto& [id, result] : results) {
    EXPECT_EQ(result.failure, fetch_failure::none) << result.error;
    EXPECT_EQ(result.status, 200);
    EXPECT_EQ(result.final_url, urls[id]);
    EXPECT_EQ(result.body, site_.page_html(id));
  }
}

TEST_F(Fetcher, EveryFaultHasItsKindAndItsText) {
  const std::pair<std::string, fetch_failure> cases[] = {
      {"/fault/drop", fetch_failure::reset},         {"/fault/reset", fetch_failure::reset},
      {"/fault/truncate", fetch_failure::truncated}, {"/fault/loop", fetch_failure::redirects},
      {"/fault/500", fetch_failure::none},           {"/nowhere", fetch_failure::none},
  };
  for (const auto& [path, failure] : cases) {
    const auto result = fetch_path(path);
    EXPECT_EQ(result.failure, failure) << path << " " << result.error;
    EXPECT_EQ(result.error.empty(), failure == fetch_failure::none) << path;
  }
  EXPECT_NE(fetch_path("/fault/garbage").failure, fetch_failure::none);
}

TEST_F(Fetcher, ASilentAndADrippingHostEndAtTheTimeout) {
  EXPECT_EQ(fetch({.url = site_.url(0, "/fault/hang"), .timeout = 50ms}).failure, fetch_failure::timeout);
  const auto dripped = fetch({.url = site_.url(0, "/fault/drip?size=1000&interval=20"), .timeout = 100ms});
  EXPECT_EQ(dripped.failure, fetch_failure::timeout);
  EXPECT_EQ(dripped.error, "no whole answer within 0.1 s");
}

TEST_F(Fetcher, ALongBodyFailsOrIsCut) {
  EXPECT_EQ(fetch({.url = site_.url(0, "/size/1000"), .max_body = 1000}).body.size(), 1000U);
  const auto failed = fetch({.url = site_.url(0, "/size/100000"), .max_body = 999});
  EXPECT_EQ(failed.failure, fetch_failure::too_large);
  EXPECT_EQ(failed.error, "the body is longer than 999 bytes");
  const auto cut = fetch({.url = site_.url(0, "/size/100000"), .max_body = 999, .cut_body = true});
  EXPECT_EQ(cut.failure, fetch_failure::none);
  EXPECT_EQ(cut.body.size(), 999U);
}

TEST_F(Fetcher, FollowsAsManyRedirectsAsPermitted) {
  const auto followed = fetch_path("/fault/redirect?n=10");
  EXPECT_EQ(followed.status, 200);
  EXPECT_EQ(followed.final_url, site_.url(0, "/"));
  EXPECT_EQ(fetch_path("/fault/redirect?n=11").failure, fetch_failure::redirects);
  EXPECT_EQ(fetch({.url = site_.url(0, "/fault/redirect?n=1"), .max_redirects = 0}).failure, fetch_failure::redirects);
}

TEST_F(Fetcher, ReadsRetryAfterInSecondsAndAsADate) {
  EXPECT_EQ(fetch_path("/fault/429?retry_after=7").retry_after, 7s);
  const auto date = fetch_path("/fault/503?retry_after=100&date=1").retry_after;
  ASSERT_TRUE(date);
  EXPECT_NEAR(static_cast<double>(date->count()), 100e9, 3e9);
  EXPECT_EQ(fetch_path("/page/0").retry_after, std::nullopt);
}

TEST_F(Fetcher, ARefusedConnectionAndAnotherSchemeAreTold) {
  site_.stop();
  EXPECT_EQ(fetch_path("/").failure, fetch_failure::connect);
  EXPECT_EQ(fetch({.url = "ftp://127.0.0.1/"}).failure, fetch_failure::malformed);
}

TEST_F(Fetcher, AProxyOfTheEnvironmentIsNeverUsedForThisMachine) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("no_proxy", "example.org", 1);
  fetcher other{{}};
  other.start({.url = site_.url(0, "/page/0")});
  std::vector<fetch_result> ended;
  while (ended.empty()) ended = other.wait(30s);
  EXPECT_EQ(ended.front().error, "");
  ::unsetenv("http_proxy");
  ::unsetenv("no_proxy");
}

TEST_F(Fetcher, WakeEndsAWaitOfAnotherThread) {
  const std::jthread waker([this] { fetcher_.wake(); });
  EXPECT_TRUE(fetcher_.wait(weft::deadline::never()).empty());
}

TEST_F(Fetcher, CanBeDestroyedWithRequestsUnderWay) {
  fetcher_.start({.url = site_.url(0, "/fault/hang")});
  EXPECT_TRUE(fetcher_.wait(weft::deadline::now()).empty());
}

}  // namespace
