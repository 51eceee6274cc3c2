// Every fault that the demo site has on demand, as a client sees it.
#include "client.hpp"

#include "site/responder.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <map>

namespace weft::apps::site {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using test::client;
using test::eventually;

class Fault : public ::testing::Test {
 protected:
  test::received get(std::string_view target) { return test::get(site_, target); }

  const server site_{{.pages = 10}};
};

TEST_F(Fault, AnyErrorStatusIsAnsweredAsAsked) {
  for (const int status : {400, 404, 418, 429, 500, 502, 503, 599}) {
    EXPECT_EQ(get("/fault/" + std::to_string(status)).status, status);
  }
}

TEST_F(Fault, RetryAfterIsSaidInSecondsOrAsADate) {
  EXPECT_EQ(get("/fault/429?retry_after=1").field("Retry-After"), "1");
  EXPECT_EQ(get("/fault/429").field("Retry-After"), "");
  const std::string date = get("/fault/503?retry_after=60&date=1").field("Retry-After");
  EXPECT_THAT(date, ::testing::MatchesRegex("[A-Z][a-z][a-z], [0-9][0-9] [A-Z][a-z][a-z] [0-9]+ [0-9:]+ GMT"));
}

TEST_F(Fault, GoesAwayAfterSoManyTimesAndComesBack) {
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(get("/fault/503?times=2").status, 503);
    EXPECT_EQ(get("/fault/503?times=2").status, 503);
    EXPECT_EQ(get("/fault/503?times=2").status, 200);
  }
  EXPECT_EQ(get("/fault/429?times=1&key=a").status, 429);
  EXPECT_EQ(get("/fault/429?times=1&key=b").status, 429);
  EXPECT_EQ(get("/fault/429?times=1&key=a").status, 200);
}

TEST_F(Fault, DropClosesWithoutAnAnswer) {
  client browser(site_, 0);
  browser.ask("/fault/drop");
  EXPECT_EQ(browser.receive_all(), "");
  EXPECT_FALSE(browser.was_reset());
  EXPECT_FALSE(browser.ran_out_of_patience());
}

TEST_F(Fault, ResetResetsTheConnection) {
  client browser(site_, 0);
  browser.ask("/fault/reset");
  EXPECT_EQ(browser.receive_all(), "");
  EXPECT_TRUE(browser.was_reset());
}

TEST_F(Fault, TruncateSendsLessThanItPromised) {
  client browser(site_, 0);
  browser.ask("/fault/truncate?size=1000&sent=300");
  const std::string all = browser.receive_all();
  EXPECT_THAT(all, ::testing::HasSubstr("Content-Length: 1000\r\n"));
  EXPECT_EQ(all.size() - (all.find("\r\n\r\n") + 4), 300U);
  EXPECT_FALSE(browser.was_reset());
  EXPECT_EQ(get("/fault/truncate?size=10&sent=10").status, 400);
}

TEST_F(Fault, DripSendsByteByByteAndKeepsTheConnection) {
  client browser(site_, 0);
  const auto start = clock::now();
  const auto got = browser.get("/fault/drip?size=5&interval=20");
  EXPECT_GE(clock::now() - start, 100ms);
  EXPECT_EQ(got.body, "xxxxx");
  EXPECT_EQ(browser.get("/page/0").status, 200);
}

TEST_F(Fault, RedirectChainEndsAtAPageAfterSoManySteps) {
  std::string target = "/fault/redirect?n=3&code=307";
  int steps = 0;
  test::received got;
  for (got = get(target); got.status == 307; got = get(target)) {
    target = got.field("Location");
    ASSERT_LE(++steps, 3);
  }
  EXPECT_EQ(steps, 3);
  EXPECT_EQ(got.status, 200);
  EXPECT_THAT(got.body, ::testing::HasSubstr("</html>"));
  EXPECT_EQ(get("/fault/redirect").status, 302);
  EXPECT_EQ(get("/fault/redirect?code=304").status, 400);
}

TEST_F(Fault, LoopRedirectsForEver) {
  std::string target = "/fault/loop";
  for (int step = 0; step < 30; ++step) {
    const auto got = get(target);
    ASSERT_EQ(got.status, 302);
    target = got.field("Location");
  }
}

TEST_F(Fault, HangNeverAnswersAndEndsWithTheClient) {
  client browser(site_, 0);
  browser.ask("/fault/hang");
  EXPECT_TRUE(eventually([&] { return site_.of_site().waiting == 1; }));
  EXPECT_FALSE(browser.readable_within(100ms));
  EXPECT_EQ(site_.of_site().open_connections, 1U);
  browser.close();
  EXPECT_TRUE(eventually([&] { return site_.of_site().open_connections == 0; }));
  EXPECT_EQ(site_.of_site().abandoned, 1U);
}

TEST_F(Fault, GarbageIsNoHttp) {
  client browser(site_, 0);
  browser.ask("/fault/garbage");
  EXPECT_EQ(browser.receive().status, 0);
}

TEST_F(Fault, ComesAfterTheDelayThatIsAskedFor) {
  for (const char* target : {"/fault/500?delay=80", "/fault/drop?delay=80", "/size/3?delay=80"}) {
    client browser(site_, 0);
    const auto start = clock::now();
    browser.ask(target);
    browser.receive();
    EXPECT_GE(clock::now() - start, 80ms) << target;
  }
}

TEST_F(Fault, SizeHasExactlySoManyBytes) {
  client browser(site_, 0);
  for (const std::size_t size : {0U, 1U, 65536U, 65537U, 3'000'000U}) {
    const auto got = browser.get("/size/" + std::to_string(size));
    EXPECT_TRUE(got.whole);
    EXPECT_EQ(got.body, std::string(size, 'x'));
  }
}

TEST_F(Fault, UnknownOrMalformedOnesAreSaidToBeBadRequests) {
  for (const char* target :
       {"/fault/", "/fault/nonsense", "/fault/200", "/fault/600", "/fault/503?times=x", "/fault/429?retry_after=-1",
        "/size/-1", "/size/99999999999", "/delay/x", "/delay/", "/page/", "/page/1x", "/fault/drip?interval=1e9"}) {
    EXPECT_EQ(get(target).status, 400) << target;
  }
}

// How often each status met 2000 requests for pages; 0 stands for a broken connection.
std::map<int, int> drawn(const options& chosen) {
  const pages content(chosen, {"127.0.1.1"}, 80);
  responder answers(chosen, content);
  std::map<int, int> count;
  for (int i = 0; i < 2000; ++i) {
    const std::string target = "/page/" + std::to_string(i % 100);
    const answer got = answers.respond({.target = target});
    const bool broken = got.then != ending::keep_alive;
    ++count[broken ? 0 : std::stoi(got.bytes.substr(9, 3))];
  }
  return count;
}

TEST(FaultRates, HoldOverManyRequestsAndRepeatWithTheSeed) {
  const options chosen{
      .seed = 5, .faults = {.server_error = 0.1, .too_many = 0.1, .unavailable = 0.1, .drop = 0.05, .truncate = 0.05}};
  auto count = drawn(chosen);
  for (const int status : {0, 429, 500, 503}) EXPECT_NEAR(count[status], 200, 60) << status;
  EXPECT_NEAR(count[200], 1200, 100);
  EXPECT_EQ(drawn(chosen), count);
  auto other = chosen;
  other.seed = 6;
  EXPECT_NE(drawn(other), count);
}

TEST(FaultRates, StrikePagesAloneAndSayWhenToComeBack) {
  const server site({.faults = {.too_many = 1, .retry_after = 7s}});
  EXPECT_EQ(test::get(site, "/page/1").status, 429);
  EXPECT_EQ(test::get(site, "/page/1").field("Retry-After"), "7");
  EXPECT_EQ(test::get(site, "/").status, 200);
  EXPECT_EQ(test::get(site, "/robots.txt").status, 200);
}

TEST(FaultRates, BreakConnectionsAsTheyShould) {
  const server dropping({.faults = {.drop = 1}});
  EXPECT_EQ(test::get(dropping, "/page/1").status, 0);
  const server truncating({.faults = {.truncate = 1}});
  const auto got = test::get(truncating, "/page/1");
  EXPECT_EQ(got.status, 200);
  EXPECT_FALSE(got.whole);
  EXPECT_EQ(got.body, truncating.page_html(1).substr(0, truncating.page_html(1).size() / 2));
}

}  // namespace
}  // namespace weft::apps::site
