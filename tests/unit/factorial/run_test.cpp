#include "factorial/run.hpp"

#include "factorial/engine.hpp"
#include "factorial/windowed.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace weft::factorial;

struct outcome {
  std::string text;
  run_summary summary;
};

outcome run_of(const batch& numbers, format how, run_options options = {}) {
  outcome result;
  writer out(how, [&result](std::string_view piece) { result.text += piece; });
  result.summary = run(numbers, options, out);
  return result;
}

TEST(Run, WritesLinesInInputOrderWithRepeats) {
  const auto [text, summary] = run_of(batch({{5, 5, 1}, {0, 2, 1}, {5, 5, 1}}), format::text);
  EXPECT_EQ(text, "5! = 120\n0! = 1\n1! = 1\n2! = 2\n5! = 120\n");
  EXPECT_EQ(summary.results, 5U);
  EXPECT_EQ(summary.computed, 4U);
  EXPECT_EQ(summary.digits, 9U);
}

TEST(Run, WritesJsonLinesAndCsv) {
  EXPECT_EQ(run_of(batch({{10, 10, 1}, {4, 4, 1}}), format::jsonl).text,
            "{\"n\":10,\"digits\":7,\"trailing_zeros\":2,\"factorial\":\"3628800\"}\n"
            "{\"n\":4,\"digits\":2,\"trailing_zeros\":0,\"factorial\":\"24\"}\n");
  EXPECT_EQ(run_of(batch({{5, 5, 1}}), format::csv).text, "n,digits,trailing_zeros,factorial\n5,3,1,120\n");
}

TEST(Run, GivesTheSameThroughATemporaryFile) {
  const batch numbers({{0, 300, 1}, {0, 300, 3}, {100, 200, 1}, {0, 300, 1}});
  const auto in_memory = run_of(numbers, format::text);
  const auto through_file = run_of(numbers, format::text, {.store_budget = 100});
  EXPECT_EQ(in_memory.summary.spilled, 0U);
  EXPECT_GT(through_file.summary.spilled, 0U);
  EXPECT_EQ(through_file.summary.computed, 301U);
  EXPECT_EQ(in_memory.text, through_file.text);
}

TEST(Run, GivesTheSameOnThreadsAndOnProcesses) {
  const batch numbers({{0, 600, 1}, {7, 7, 1}, {500, 1500, 100}, {0, 300, 7}});
  const auto alone = run_of(numbers, format::jsonl);
  for (const executor_kind where : {executor_kind::threads, executor_kind::processes}) {
    for (const std::size_t workers : {1U, 2U, 7U}) {
      const auto together = run_of(numbers, format::jsonl, {.executor = where, .workers = workers});
      EXPECT_EQ(together.text, alone.text);
      EXPECT_EQ(together.summary.computed, alone.summary.computed);
    }
  }
}

TEST(Run, ChoosesThreadsForWorkThatIsWorthThem) {
  EXPECT_EQ(choose_executor(batch({{0, 20, 1}}), 2), executor_kind::sequential) << "too little work";
  EXPECT_EQ(choose_executor(batch({{1'000'000, 1'000'000, 1}}), 2), executor_kind::sequential) << "one number";
  EXPECT_EQ(choose_executor(batch({{0, 5000, 1}}), 1), executor_kind::sequential) << "one worker";
  EXPECT_EQ(choose_executor(batch({{0, 5000, 1}}), 2), executor_kind::threads);
}

/// Stands for a future; counts how many exist.
struct counted {
  std::vector<block>* log;
  block numbers;
  bool* cancelled;

  std::string result() && {
    if (numbers.first == 13) throw std::runtime_error("thirteen");
    return factorial_lines(numbers.first, numbers.step, numbers.count);
  }
  void cancel() { *cancelled = true; }
};

TEST(Window, HoldsNoMoreBlocksThanItsLimit) {
  const batch numbers({{0, 1'000'000'000, 1}});
  std::vector<block> log;
  bool cancelled = false;
  {
    windowed blocks(planner(numbers, 1),
                    [&](const block& one) {
                      log.push_back(one);
                      return counted{&log, one, &cancelled};
                    },
                    {.blocks = 4, .bytes = 1e9});
    EXPECT_EQ(blocks.next()->lines, "1\n");
    EXPECT_EQ(log.size(), 4U);
    EXPECT_EQ(blocks.next()->lines, "1\n");
    EXPECT_EQ(log.size(), 5U);
  }
  EXPECT_TRUE(cancelled);
}

TEST(Window, LetsOneBlockFlyHoweverLittleMemoryThereIs) {
  const batch numbers({{10, 12, 1}});
  std::vector<block> log;
  bool cancelled = false;
  windowed blocks(planner(numbers, 1),
                  [&](const block& one) {
                    log.push_back(one);
                    return counted{&log, one, &cancelled};
                  },
                  {.blocks = 4, .bytes = 1});
  EXPECT_EQ(blocks.next()->lines, "3628800\n");
  EXPECT_EQ(log.size(), 1U);
}

TEST(Window, PassesOnWhatTheWorkThrew) {
  const batch numbers({{13, 14, 1}});
  bool cancelled = false;
  windowed blocks(planner(numbers, 1), [&](const block& one) { return counted{nullptr, one, &cancelled}; },
                  {.blocks = 4, .bytes = 1e9});
  EXPECT_THROW(blocks.next(), std::runtime_error);
  EXPECT_EQ(blocks.next()->numbers.first, 14U);
}

}  // namespace
