#include <weft/base/unique_function.hpp>

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace {

using weft::unique_function;

TEST(UniqueFunction, CallsWhatItHolds) {
  unique_function<int(int)> twice = [](int x) { return 2 * x; };
  EXPECT_EQ(twice(21), 42);
}

TEST(UniqueFunction, EmptyThrowsInsteadOfCrashing) {
  unique_function<void()> nothing;
  EXPECT_FALSE(nothing);
  EXPECT_THROW(nothing(), weft::invalid_state);
  int (*null)(int) = nullptr;
  EXPECT_FALSE((unique_function<int(int)>(null)));
}

TEST(UniqueFunction, HoldsMoveOnlyCallablesAndMoves) {
  auto owned = std::make_unique<int>(7);
  unique_function<int()> f = [p = std::move(owned)] { return *p; };
  unique_function<int()> g = std::move(f);
  EXPECT_EQ(g(), 7);
  EXPECT_FALSE(f);  // NOLINT(bugprone-use-after-move): an emptied source is the contract
}

TEST(UniqueFunction, DestroysWhatItHoldsOnce) {
  auto watched = std::make_shared<int>(1);
  {
    std::array<char, 100> large{};
    unique_function<void()> on_the_heap = [watched, large] { static_cast<void>(large); };
    unique_function<void()> in_place = [watched] {};
    EXPECT_EQ(watched.use_count(), 3);
    in_place = std::move(on_the_heap);
    EXPECT_EQ(watched.use_count(), 2);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(UniqueFunction, DropsTheResultWhenNoneIsAskedFor) {
  int calls = 0;
  unique_function<void()> f = [&calls] { return ++calls; };
  f();
  EXPECT_EQ(calls, 1);
}

}  // namespace
