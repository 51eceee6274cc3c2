// VAL and EXC lines that need no executor: what a result may be, what becomes of an error.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using weft::promise;

TEST(Future, VAL_2_VAL_3_ValuesMayBeMoveOnlyAndNotDefaultConstructible) {
  struct only_moved {
    explicit only_moved(int v) : value(std::make_unique<int>(v)) {}
    std::unique_ptr<int> value;
  };
  promise<only_moved> p;
  auto f = p.get_future();
  p.set_value(4);
  EXPECT_EQ(*f.result().value, 4);
  auto other = f;
  EXPECT_THROW(std::move(other).result(), weft::invalid_state) << "another handle exists";
  EXPECT_EQ(*std::move(f).result().value, 4);
  EXPECT_FALSE(f.valid());  // NOLINT(bugprone-use-after-move): an empty handle is the contract
}

TEST(Future, VAL_5_AnOverAlignedResultIsAligned) {
  struct alignas(64) wide {
    std::array<char, 64> bytes{};
  };
  promise<wide> p;
  auto f = p.get_future();
  p.set_value();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&f.result()) % 64, 0U);
}

TEST(Future, AnRvalueResultMovesOutOfTheLastHandleAndCopiesOtherwise) {
  promise<std::string> p;
  auto f = p.get_future();
  auto g = f;
  p.set_value(std::string(100, 'x'));
  EXPECT_EQ(std::move(g).result().size(), 100U);
  EXPECT_EQ(f.result().size(), 100U);
  const char* data = f.result().data();
  const std::string moved = std::move(f).result();
  EXPECT_EQ(moved.data(), data);
}

TEST(Future, ReferencesAreHandedThrough) {
  int target = 1;
  promise<int&> p;
  auto f = p.get_future();
  p.set_value(target);
  f.result() = 5;
  EXPECT_EQ(target, 5);
}

TEST(Future, EXC_6_AFailureThatNobodyReadIsReportedOnceAndFreed) {
  std::vector<std::string> reported;
  auto former =
      weft::set_error_hook([&](const weft::lost_error& lost) { reported.push_back(weft::describe(lost.error)); });
  auto watched = std::make_shared<int>(1);
  struct carries : std::runtime_error {
    explicit carries(std::shared_ptr<int> p) : std::runtime_error("unread"), payload(std::move(p)) {}
    std::shared_ptr<int> payload;
  };
  {
    promise<int> p;
    auto f = p.get_future();
    auto g = f;
    p.set_exception(std::make_exception_ptr(carries(watched)));
  }
  {
    promise<int> p;
    auto f = p.get_future();
    p.set_exception(std::make_exception_ptr(carries(watched)));
    EXPECT_NE(f.exception(), nullptr);
  }
  weft::set_error_hook(std::move(former));
  ASSERT_EQ(reported.size(), 1U);
  EXPECT_NE(reported.front().find("unread"), std::string::npos);
  EXPECT_EQ(watched.use_count(), 1);
}

}  // namespace
