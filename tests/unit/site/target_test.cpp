#include "site/target.hpp"

#include "site/addresses.hpp"

#include <gtest/gtest.h>

namespace weft::apps::site {
namespace {

TEST(Target, IsTakenApartIntoPathAndNumbers) {
  const target where("/fault/503?times=2&retry_after=7&flag");
  EXPECT_EQ(where.path(), "/fault/503");
  EXPECT_EQ(where.number("times", 0, 10), 2U);
  EXPECT_EQ(where.number("retry_after", 0, 10), 7U);
  EXPECT_EQ(where.number("absent", 5, 10), 5U);
  EXPECT_TRUE(where.has("flag"));
  EXPECT_FALSE(where.has("time"));
}

TEST(Target, MayBeAWholeUrlAsProxiesSendIt) {
  EXPECT_EQ(target("http://127.0.1.1:80/page/1?x=1").path(), "/page/1");
  EXPECT_EQ(target("http://127.0.1.1").path(), "/");
}

TEST(Target, RefusesWhatIsNoPath) {
  for (const char* text : {"", "*", "page", "?a=1", "#", "http://host?x"})
    EXPECT_THROW(target{text}, bad_request) << text;
}

TEST(Target, RefusesNumbersThatAreNoneOrTooLarge) {
  const target where("/?a=&b=-1&c=1x&d=11&e=99999999999999999999999&f");
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) EXPECT_THROW(where.number(name, 0, 10), bad_request) << name;
}

TEST(Addresses, FollowTheFirstWithoutThoseThatEndIn0Or255) {
  const auto all = loopback_addresses("127.0.1.253", 4);
  EXPECT_EQ(all, (std::vector<std::string>{"127.0.1.253", "127.0.1.254", "127.0.2.1", "127.0.2.2"}));
}

TEST(Addresses, AreLoopbackOrRefused) {
  for (const char* first :
       {"", "x", "0.0.0.0", "10.0.0.1", "192.168.0.1", "::1", "localhost", "127.0.0.0", "127.0.0.255"}) {
    EXPECT_THROW(loopback_addresses(first, 1), std::invalid_argument) << first;
  }
  EXPECT_THROW(loopback_addresses("127.255.255.250", 6), std::invalid_argument);
  EXPECT_EQ(loopback_addresses("127.255.255.250", 5).back(), "127.255.255.254");
}

}  // namespace
}  // namespace weft::apps::site
