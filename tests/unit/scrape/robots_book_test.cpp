#include "scrape/robots_book.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using weft::scrape::address;
using weft::scrape::fetch_failure;
using weft::scrape::fetch_result;
using weft::scrape::robots_book;
using answer = weft::scrape::robots_verdict::answer;

constexpr robots_book::time_point start{1h};
const auto page = *address::parse("http://a.test/x");

fetch_result with_status(std::uint64_t id, int status, std::string body = "") {
  return {.id = id, .status = status, .body = std::move(body)};
}

TEST(RobotsBook, AHostIsAskedOnceAndItsPagesWaitForTheAnswer) {
  robots_book book({});
  EXPECT_EQ(book.ask(page).is, answer::unknown);
  EXPECT_EQ(book.ask(page).is, answer::unknown);
  const auto request = book.next_request(start);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->url, "http://a.test:80/robots.txt");
  EXPECT_FALSE(book.next_request(start));
  EXPECT_EQ(book.finished(with_status(request->id, 200, "User-agent: *\nDisallow: /x\nCrawl-delay: 2\n"), start),
            page.origin);
  EXPECT_EQ(book.ask(page).is, answer::denied);
  EXPECT_EQ(book.ask(*address::parse("http://a.test/y")).is, answer::allowed);
  EXPECT_EQ(book.crawl_delay(page.origin), 2s);
  EXPECT_EQ(book.ask(*address::parse("https://a.test/x")).is, answer::unknown) << "another origin has its own file";
}

TEST(RobotsBook, AFileThatIsNotThereAllowsAndOneThatCannotBeHadForbids) {
  const struct {
    fetch_result result;
    answer expected;
  } cases[] = {
      {with_status(0, 404), answer::allowed},
      {with_status(0, 403), answer::allowed},
      {with_status(0, 501), answer::denied},
      {with_status(0, 503), answer::denied},
      {{.failure = fetch_failure::redirects, .error = "x"}, answer::allowed},
      {{.failure = fetch_failure::timeout, .error = "x"}, answer::denied},
      {{.failure = fetch_failure::connect, .error = "refused"}, answer::denied},
  };
  for (auto one : cases) {
    robots_book book({.retries = 0});
    static_cast<void>(book.ask(page));
    one.result.id = book.next_request(start)->id;
    EXPECT_TRUE(book.finished(one.result, start));
    EXPECT_EQ(book.ask(page).is, one.expected) << one.result.status;
  }
}

TEST(RobotsBook, AFailureThatMayPassIsTriedAgainAfterAWait) {
  robots_book book({.retries = 1, .wait = {.base = 1s}});
  static_cast<void>(book.ask(page));
  const auto first = book.next_request(start);
  auto failed = with_status(first->id, 503);
  failed.retry_after = 5s;
  EXPECT_FALSE(book.finished(failed, start));
  EXPECT_EQ(book.next(), start + 5s);
  EXPECT_FALSE(book.next_request(start + 4s));
  const auto second = book.next_request(start + 5s);
  ASSERT_TRUE(second);
  EXPECT_TRUE(book.finished(with_status(second->id, 503), start + 5s));
  EXPECT_NE(book.ask(page).why.find("status 503"), std::string::npos);
}

TEST(RobotsBook, SoManyHostsAreAskedAtOnce) {
  robots_book book({.at_once = 2});
  for (const char* url : {"http://a/", "http://b/", "http://c/"}) static_cast<void>(book.ask(*address::parse(url)));
  const auto first = book.next_request(start);
  EXPECT_TRUE(book.next_request(start));
  EXPECT_FALSE(book.next_request(start));
  EXPECT_EQ(book.next(), robots_book::time_point::max());
  EXPECT_TRUE(book.finished(with_status(first->id, 200), start));
  EXPECT_TRUE(book.next_request(start));
}

}  // namespace
