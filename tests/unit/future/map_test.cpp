// What map() and map_unordered() do with their inputs on threads; the rest stands in the contract.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <list>
#include <memory>
#include <ranges>
#include <sstream>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weft::thread_pool_executor;

constexpr auto plenty = 30s;

int square(int x) { return x * x; }

TEST(Map, OwnedContainersGiveTheirItemsAway) {
  thread_pool_executor pool{{.max_workers = 1}};
  std::vector<std::unique_ptr<int>> items;
  for (int i = 0; i < 3; ++i) items.push_back(std::make_unique<int>(i));
  std::list<std::unique_ptr<int>> more;
  for (int i = 0; i < 3; ++i) more.push_back(std::make_unique<int>(10 * i));
  const auto sum = [](const std::unique_ptr<int>& a, std::unique_ptr<int> b) { return *a + *b; };
  std::vector<int> results;
  for (int r : pool.map(sum, std::move(items), std::move(more), {.timeout = plenty})) results.push_back(r);
  EXPECT_EQ(results, (std::vector{0, 11, 22}));
}

TEST(Map, ReferredToContainersKeepTheirItems) {
  thread_pool_executor pool{{.max_workers = 1}};
  std::vector<std::string> items{std::string(100, 'a'), std::string(100, 'b')};
  const auto before = items;
  for (auto r : pool.map([](std::string s) { return s.size(); }, items)) EXPECT_EQ(r, 100U);
  EXPECT_EQ(items, before);
  // A view refers to its elements even if it is given away itself.
  for (auto r : pool.map([](std::string s) { return s.size(); }, std::views::all(items))) EXPECT_EQ(r, 100U);
  EXPECT_EQ(items, before);
}

TEST(Map, SinglePassInputsAreReadOnlyAsFarAsNeeded) {
  thread_pool_executor pool{{.max_workers = 1}};
  std::istringstream text("1 2 3 4 5");
  auto results = pool.map(square, std::views::istream<int>(text), {.timeout = plenty, .buffer = 2});
  pool.shutdown();
  std::string rest;
  std::getline(text, rest);
  EXPECT_EQ(rest, " 3 4 5");
}

TEST(Map, InputsAfterTheShortestAreNotAdvanced) {
  thread_pool_executor pool{{.max_workers = 1}};
  std::istringstream text("1 2 3 4");
  int sum = 0;
  for (int r : pool.map([](int a, int b) { return a * b; }, std::vector{10, 20}, std::views::istream<int>(text),
                        {.timeout = plenty})) {
    sum += r;
  }
  EXPECT_EQ(sum, 50);
  std::string rest;
  std::getline(text, rest);
  EXPECT_EQ(rest, " 3 4");
}

TEST(Map, ItemsMayBeTuples) {
  thread_pool_executor pool{{.max_workers = 1}};
  const std::vector<std::tuple<int>> items{{1}, {2}};
  int sum = 0;
  for (int r : pool.map([](std::tuple<int> item) { return std::get<0>(item); }, items)) sum += r;
  EXPECT_EQ(sum, 3);
}

// An executor that profits from chunks says how large they should be.
struct chunking_executor {
  thread_pool_executor& pool;
  std::atomic<int> submits{0};

  template <class F, class... Args>
  auto submit(F&& f, Args&&... args) {
    ++submits;
    return pool.submit(std::forward<F>(f), std::forward<Args>(args)...);
  }
  template <class F, class... Args>
  void post(F&& f, Args&&... args) {
    pool.post(std::forward<F>(f), std::forward<Args>(args)...);
  }
  void shutdown(weft::wait_for how_long, weft::pending what) { pool.shutdown(how_long, what); }
  std::size_t max_workers() const { return pool.max_workers(); }
  static std::size_t automatic_chunk(std::size_t items) { return items / 4; }
};

TEST(Map, TheExecutorChoosesTheChunkUnlessTheCallerDoes) {
  thread_pool_executor pool{{.max_workers = 2}};
  chunking_executor chunking{pool};
  const auto items = std::views::iota(0, 100);
  const auto submits_of = [&](weft::map_options options) {
    const int before = chunking.submits;
    int sum = 0;
    for (int r : weft::map(chunking, square, items, options)) sum += r;
    for (int r : weft::map_unordered(chunking, square, items, options)) sum -= r;
    EXPECT_EQ(sum, 0);
    return (chunking.submits - before) / 2;
  };
  EXPECT_EQ(submits_of({.timeout = plenty}), 4);
  EXPECT_EQ(submits_of({.timeout = plenty, .chunk = 10}), 10);
  EXPECT_EQ(submits_of({.timeout = plenty, .buffer = 5}), 20) << "no chunk is longer than the buffer";
}

TEST(Map, NST_6_MapsInsideATaskOfTheSamePool) {
  thread_pool_executor pool{{.max_workers = 1}};
  const auto outer = pool.submit([&] {
    int sum = 0;
    for (int r : pool.map_unordered(square, std::views::iota(0, 10), {.timeout = plenty})) sum += r;
    for (int r : pool.map_unordered(square, std::views::iota(0, 10), {.timeout = plenty, .buffer = 2})) sum += r;
    for (int r : pool.map(square, std::views::iota(0, 10), {.timeout = plenty, .chunk = 3})) sum += r;
    return sum;
  });
  EXPECT_EQ(outer.result(plenty), 3 * 285);
}

TEST(Map, MEM_4_UnreadResultsOfADroppedMapAreFreed) {
  thread_pool_executor pool{{.max_workers = 1}};
  const auto watched = std::make_shared<int>(1);
  const auto give = [watched](int) { return watched; };
  for (const bool ordered : {true, false}) {
    const auto items = std::views::iota(0, 10);
    auto results = ordered ? pool.map(give, items) : pool.map_unordered(give, items);
    EXPECT_EQ(*results.begin(), watched);
  }
  pool.shutdown();
  EXPECT_EQ(watched.use_count(), 2);  // this one and the one in `give`
}

TEST(Map, ResultsMayBeVoidReferencesOrMoveOnly) {
  thread_pool_executor pool{{.max_workers = 1}};
  std::vector<int> targets{1, 2, 3};
  int sum = 0;
  const auto target = [&](std::size_t i) -> int& { return targets[i]; };
  for (int r : pool.map_unordered(target, std::views::iota(std::size_t{0}, std::size_t{3}))) sum += r;
  for (auto r : pool.map_unordered([](int x) { return std::make_unique<int>(x); }, targets)) sum += *r;
  for (std::monostate r : pool.map_unordered([](int) {}, targets)) static_cast<void>(r);
  EXPECT_EQ(sum, 12);
}

TEST(Map, SCL_2_UnorderedOverManyItemsIsLinear) {
  thread_pool_executor pool{{.max_workers = 2}};
  long sum = 0;
  for (int r : pool.map_unordered([](int x) { return x; }, std::views::iota(0, 200'000), {.timeout = plenty})) sum += r;
  EXPECT_EQ(sum, 200'000L * 199'999 / 2);
  // Endless, with a window: positions are used again.
  std::size_t consumed = 0;
  for (int r : pool.map_unordered(square, std::views::iota(0), {.timeout = plenty, .buffer = 8})) {
    EXPECT_GE(r, 0);
    if (++consumed == 40'000) break;
  }
}

}  // namespace
