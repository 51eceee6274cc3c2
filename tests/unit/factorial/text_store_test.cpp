#include "factorial/text_store.hpp"

#include <weft/base/error.hpp>

#include <gtest/gtest.h>

namespace {

using weft::factorial::text_store;

TEST(TextStore, KeepsATextUntilItsLastUse) {
  text_store store(100);
  store.keep(5, "120", 2);
  EXPECT_EQ(store.take(5), "120");
  EXPECT_TRUE(store.holds(5));
  EXPECT_EQ(store.take(5), "120");
  EXPECT_FALSE(store.holds(5));
  EXPECT_THROW(store.take(5), weft::invalid_state);
}

TEST(TextStore, PutsWhatIsBeyondTheBudgetIntoAFile) {
  text_store store(10);
  store.keep(1, "0123456789", 1);
  store.keep(2, "second", 2);
  store.keep(3, "third", 1);
  EXPECT_EQ(store.spilled(), 11U);
  EXPECT_EQ(store.take(2), "second");
  store.keep(4, "fourth", 1);
  EXPECT_EQ(store.take(3), "third");
  EXPECT_EQ(store.take(4), "fourth");
  EXPECT_EQ(store.take(2), "second");
  EXPECT_EQ(store.take(1), "0123456789");
}

TEST(TextStore, UsesMemoryAgainThatWasGivenBack) {
  text_store store(4);
  store.keep(1, "abcd", 1);
  store.take(1);
  store.keep(2, "efgh", 1);
  EXPECT_EQ(store.spilled(), 0U);
  EXPECT_EQ(store.take(2), "efgh");
}

}  // namespace
