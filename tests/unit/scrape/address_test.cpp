#include "scrape/address.hpp"

#include "scrape/retry_rule.hpp"

#include <gtest/gtest.h>

namespace {

using weft::scrape::address;
using weft::scrape::fetch_failure;
using weft::scrape::worth_retrying;

TEST(Address, HasOneSpelling) {
  const auto at = address::parse("HTTP://A.Test:80/x/../y?q=1#frag");
  ASSERT_TRUE(at);
  EXPECT_EQ(at->text, "http://a.test/y?q=1");
  EXPECT_EQ(at->origin, "http://a.test:80");
  EXPECT_EQ(at->target, "/y?q=1");
  EXPECT_EQ(address::parse("https://a.test")->text, "https://a.test/");
  EXPECT_EQ(address::parse("https://a.test:443/")->text, "https://a.test/");
  EXPECT_EQ(address::parse("https://a.test:80/")->origin, "https://a.test:80");
  EXPECT_EQ(address::parse("http://[::1]:8080/")->origin, "http://[::1]:8080");
  EXPECT_EQ(address::parse("http://a.test/a b")->text, "http://a.test/a%20b");
}

TEST(Address, WhatIsNoWebAddressIsNone) {
  for (const char* text : {"", "a.test", "/x", "ftp://a.test/", "mailto:x@a.test", "http://", "http:///",
                           "javascript:x", "http://a b/", "http://a.test:99999/"}) {
    EXPECT_FALSE(address::parse(text)) << text;
  }
  EXPECT_FALSE(address::parse(std::string("http://a/\0b", 11)));
}

TEST(RetryRule, FailuresThatMayPassAreWorthAnotherAttempt) {
  for (const int status : {408, 425, 429, 500, 502, 503, 504})
    EXPECT_TRUE(worth_retrying({.status = status})) << status;
  for (const int status : {200, 301, 400, 401, 403, 404, 410, 501})
    EXPECT_FALSE(worth_retrying({.status = status})) << status;
  for (const auto failure :
       {fetch_failure::connect, fetch_failure::reset, fetch_failure::truncated, fetch_failure::timeout}) {
    EXPECT_TRUE(worth_retrying({.failure = failure, .status = 200}));
  }
  for (const auto failure : {fetch_failure::malformed, fetch_failure::resolve, fetch_failure::tls,
                             fetch_failure::too_large, fetch_failure::redirects}) {
    EXPECT_FALSE(worth_retrying({.failure = failure, .status = 503}));
  }
}

}  // namespace
