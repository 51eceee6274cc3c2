// Clients that mean no good: the site answers them with an error or closes, and goes on serving the others.
#include "client.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <random>

namespace weft::apps::site {
namespace {

using namespace std::chrono_literals;
using test::client;
using test::eventually;
using ::testing::AnyOf;
using ::testing::StartsWith;

std::string answer_to(const server& site, std::string_view bytes) {
  client attacker(site, 0);
  attacker.send(bytes);
  return attacker.receive_all();
}

TEST(Hostile, BytesThatAreNoRequestAreAnswered400) {
  const server site({});
  for (const char* bytes :
       {"\r\n\r\n\r\nnonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"}) {
    EXPECT_THAT(answer_to(site, bytes), StartsWith("HTTP/1.1 400 ")) << bytes;
  }
  EXPECT_EQ(site.of_site().rejected, 6U);
  EXPECT_EQ(site.of_site().requests, 0U);
  EXPECT_EQ(test::get(site, "/").status, 200);
}

TEST(Hostile, TargetsThatAreNoPathAreAnswered400) {
  const server site({});
  for (const char* target : {"*", "x", "?", "//", "/page/%00", "/page/18446744073709551616"}) {
    EXPECT_THAT(test::get(site, target).status, AnyOf(400, 404)) << target;
  }
  EXPECT_EQ(test::get(site, "/page/18446744073709551615").status, 404);
}

TEST(Hostile, OtherMethodsAreNotAllowed) {
  const server site({});
  client browser(site, 0);
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "BREW"}) {
    const auto got = browser.get("/page/1", method);
    EXPECT_EQ(got.status, 405) << method;
    EXPECT_EQ(got.field("Allow"), "GET, HEAD");
  }
  browser.send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(browser.receive().status, 405);
  EXPECT_EQ(browser.get("/page/1").status, 200);
}

TEST(Hostile, HeadersAndBodiesBeyondTheLimitAreRefused) {
  const server site({});
  EXPECT_THAT(answer_to(site, "GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(answer_to(site, "GET / HTTP/1.1\r\nX: " + std::string(1'000'000, 'a') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(answer_to(site, "POST / HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer_to(site, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n"),
              StartsWith("HTTP/1.1 4"));
  EXPECT_EQ(test::get(site, "/").status, 200);
}

TEST(Hostile, RandomBytesDoNotStopTheSite) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const server site({.hosts = 2});
  const std::string valid = "GET /fault/503?times=2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
  for (unsigned round = 0; round < 500; ++round) {
    std::string bytes = valid;
    for (unsigned change = 0; change < 1 + round % 8; ++change)
      bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
    client attacker(site, random() % 2);
    attacker.send(bytes.substr(0, 1 + random() % bytes.size()));
    if (round % 3 == 0) attacker.readable_within(1ms);
  }
  EXPECT_EQ(test::get(site, "/").status, 200);
  EXPECT_TRUE(eventually([&] { return site.of_site().open_connections == 0; }));
  EXPECT_EQ(site.of_site().waiting, 0U);
}

TEST(Hostile, ConnectionsWithoutProgressAreClosed) {
  const server site({.idle_timeout = 100ms});
  client silent(site, 0);
  client slow(site, 0);
  slow.send("GET / HTTP/1.1\r\nHo");
  client idle(site, 0);
  EXPECT_EQ(idle.get("/").status, 200);
  for (client* each : {&silent, &slow, &idle}) {
    EXPECT_EQ(each->receive_all(), "");
    EXPECT_FALSE(each->ran_out_of_patience());
  }
}

TEST(Hostile, AClientThatNeverReadsIsClosed) {
  const server site({.idle_timeout = 100ms});
  client greedy(site, 0);
  greedy.ask("/size/1000000000");
  EXPECT_TRUE(eventually([&] { return site.of_site().connections == 1 && site.of_site().open_connections == 0; }));
}

TEST(Hostile, ALatencyAboveTheIdleTimeoutIsNoReasonToClose) {
  const server site({.delay = 300ms, .idle_timeout = 100ms});
  EXPECT_EQ(test::get(site, "/page/0").status, 200);
  EXPECT_TRUE(test::get(site, "/fault/drip?size=2&interval=200").whole);
}

TEST(Hostile, ConnectionsBeyondTheLimitAreClosedAtOnce) {
  const server site({.max_connections = 3});
  std::vector<client> kept;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(kept.emplace_back(site, 0).get("/").status, 200);
  client fourth(site, 0);
  EXPECT_EQ(fourth.receive_all(), "");
  EXPECT_FALSE(fourth.ran_out_of_patience());
  kept.pop_back();
  EXPECT_TRUE(eventually([&] { return site.of_site().open_connections == 2; }));
  EXPECT_EQ(test::get(site, "/").status, 200);
}

}  // namespace
}  // namespace weft::apps::site
