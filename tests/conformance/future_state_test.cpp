// FUT and OWN lines that need no executor, on promises: states, outcomes, claims.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::future;
using weft::promise;

std::exception_ptr an_error() { return std::make_exception_ptr(std::out_of_range("gone")); }

TEST(Future, FUT_1_FreshIsNothingYet) {
  promise<int> p;
  auto f = p.get_future();
  EXPECT_FALSE(f.done());
  EXPECT_FALSE(f.running());
  EXPECT_FALSE(f.cancelled());
}

TEST(Future, FUT_2_APendingOneCanBeCancelled) {
  promise<int> p;
  auto f = p.get_future();
  EXPECT_TRUE(f.cancel());
  EXPECT_TRUE(f.cancelled());
  EXPECT_TRUE(f.done());
  EXPECT_FALSE(f.running());
}

TEST(Future, FUT_3_AFinishedOneCannotBeCancelled) {
  promise<int> good;
  promise<int> bad;
  good.set_value(1);
  bad.set_exception(an_error());
  EXPECT_FALSE(good.get_future().cancel());
  EXPECT_FALSE(bad.get_future().cancel());
  EXPECT_EQ(good.get_future().result(), 1);
  EXPECT_THROW(bad.get_future().result(), std::out_of_range);
}

TEST(Future, FUT_5_CancelledWinsOverTimeout) {
  promise<int> p;
  auto f = p.get_future();
  f.cancel();
  EXPECT_THROW(f.result(0s), weft::cancelled_error);
  EXPECT_THROW(f.exception(0s), weft::cancelled_error);
}

TEST(Future, FUT_7_AWaiterReturnsWhenTheValueComes) {
  promise<int> p;
  auto f = p.get_future();
  std::jthread producer([&] { p.set_value(3); });
  EXPECT_EQ(f.result(5s), 3);
}

TEST(Future, FUT_8_ASecondValueIsAnInvalidState) {
  promise<int> p;
  p.set_value(1);
  try {
    p.set_value(2);
    FAIL() << "accepted";
  } catch (const weft::invalid_state& e) {
    EXPECT_NE(std::string(e.what()).find("finished"), std::string::npos) << e.what();
  }
  EXPECT_EQ(p.get_future().result(), 1);
}

TEST(Future, FUT_9_ACancelledOneTakesNoOutcome) {
  promise<int> p;
  auto f = p.get_future();
  f.cancel();
  EXPECT_THROW(p.set_value(1), weft::invalid_state);
  EXPECT_THROW(p.set_exception(an_error()), weft::invalid_state);
  EXPECT_TRUE(f.cancelled());
}

TEST(Future, FUT_10_FUT_11_ManyThreadsSeeOneConsistentOutcome) {
  promise<std::string> p;
  auto f = p.get_future();
  std::vector<std::jthread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([f] {
      for (int n = 0; n < 1000; ++n) {
        if (!f.done()) continue;
        EXPECT_EQ(f.result(0s), "value");
        EXPECT_EQ(f.exception(0s), nullptr);
      }
      EXPECT_EQ(f.result(10s), "value");
    });
  }
  p.set_value("value");
}

TEST(Future, FUT_15_AProducerClaimsBeforeItRuns) {
  promise<int> go;
  EXPECT_TRUE(go.set_running());
  EXPECT_TRUE(go.get_future().running());
  EXPECT_FALSE(go.get_future().cancel());
  go.set_value(1);
  promise<int> stop;
  auto f = stop.get_future();
  std::jthread waiter([f] { EXPECT_THROW(f.result(10s), weft::cancelled_error); });
  f.cancel();
  EXPECT_FALSE(stop.set_running());
  EXPECT_THROW(go.set_running(), weft::invalid_state);
}

TEST(Future, FUT_16_TheTextNamesTheState) {
  promise<int> p;
  auto f = p.get_future();
  EXPECT_EQ(f.describe(), "<future pending>");
  p.set_running();
  EXPECT_EQ(f.describe(), "<future running>");
  p.set_exception(an_error());
  EXPECT_EQ(f.describe(), "<future finished raised std::out_of_range: gone>");
  EXPECT_NE(f.exception(), nullptr);
  promise<int> c;
  auto g = c.get_future();
  g.cancel();
  EXPECT_EQ(g.describe(), "<future cancelled>");
}

TEST(Future, OWN_3_APromiseThatGoesAwayBreaksItsFuture) {
  future<int> f;
  {
    promise<int> p;
    f = p.get_future();
  }
  EXPECT_THROW(f.result(0s), weft::broken_promise);
}

TEST(Future, AnEmptyHandleSaysSo) {
  future<int> f;
  EXPECT_FALSE(f.valid());
  EXPECT_THROW(f.result(), weft::invalid_state);
  EXPECT_THROW(static_cast<void>(f.done()), weft::invalid_state);
}

}  // namespace
