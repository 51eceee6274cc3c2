#include "unit/process/pool_test.hpp"

#include <weft/base/cpu_count.hpp>

#include <atomic>
#include <numeric>
#include <set>

static_assert(weft::executor<weft::process_pool_executor>);

namespace {

struct account {
  int balance = 0;
  int plus(int n) const { return balance + n; }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(balance);
  }
};

class ProcessPool : public pool_test {};

TEST_F(ProcessPool, PPX_1_TasksRunInAnotherProcess) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  EXPECT_NE(pool.submit(&zoo::process_id).result(), ::getpid());
}

TEST_F(ProcessPool, SUB_1_CallsFunctionsConstantsMembersAndCapturelessLambdas) {
  weft::process_pool_executor pool{{.max_workers = 2}};
  EXPECT_EQ(pool.submit(zoo::add, 1, 2).result(), 3);
  EXPECT_EQ(pool.submit<&zoo::add>(3, 4).result(), 7);
  EXPECT_EQ(pool.submit<&account::plus>(account{5}, 6).result(), 11);
  EXPECT_EQ(pool.submit([](int n) { return n * n; }, 7).result(), 49);
  EXPECT_EQ(pool.submit([](const auto& words) { return words.size(); }, std::vector<std::string>{"a", "b"}).result(),
            2U);
  int (*chosen)(int) = &zoo::twice;
  EXPECT_EQ(pool.submit(chosen, 8).result(), 16);
}

TEST_F(ProcessPool, ArgumentsCrossAsValuesAndALiteralAsAString) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  EXPECT_EQ(pool.submit(&zoo::echo, "literal").result(), "literal");
  EXPECT_EQ(*pool.submit([](std::unique_ptr<int> p) { return std::make_unique<int>(*p + 1); }, std::make_unique<int>(1))
                 .result(),
            2);
  const std::string large(20'000'000, 'x');
  EXPECT_EQ(pool.submit(&zoo::echo, large).result(), large);
  EXPECT_EQ(pool.submit([](int (*f)(int), int n) { return f(n); }, &zoo::twice, 21).result(), 42);
}

TEST_F(ProcessPool, SUB_3_TakesTheUsableProcessorsByDefault) {
  weft::process_pool_executor pool;
  EXPECT_EQ(pool.max_workers(), weft::cpu_count());
  EXPECT_THROW(weft::process_pool_executor({.max_workers = 100'000}), weft::invalid_argument);
}

TEST_F(ProcessPool, SUB_5_StartsNoMoreWorkersThanThereIsWorkFor) {
  weft::process_pool_executor pool{{.max_workers = 50}};
  EXPECT_EQ(pool.workers(), 0U);
  EXPECT_EQ(pool.submit(&zoo::twice, 1).result(), 2);
  EXPECT_EQ(pool.workers(), 1U);
}

TEST_F(ProcessPool, SUB_7_APostedTaskRunsAndItsErrorGoesToTheHook) {
  const std::string path = processes::fresh_path("posted");
  std::atomic<int> reported = 0;
  auto former = weft::set_error_hook(
      [&](const weft::lost_error& lost) { reported += lost.source == weft::error_source::posted_task; });
  {
    weft::process_pool_executor pool{{.max_workers = 1}};
    pool.post(&zoo::touch, path);
    pool.post({.name = "bad"}, &zoo::failing, "on purpose");
  }
  weft::set_error_hook(std::move(former));
  EXPECT_EQ(::access(path.c_str(), F_OK), 0);
  EXPECT_EQ(reported, 1);
  ::unlink(path.c_str());
}

TEST_F(ProcessPool, SUB_8_ACancelledTaskNeverRuns) {
  const std::string gate = processes::fresh_path("gate");
  const std::string trace = processes::fresh_path("trace");
  weft::process_pool_executor pool{{.max_workers = 1}};
  auto running = pool.submit(&zoo::wait_for_file, gate, 1);
  auto queued = pool.submit(&zoo::touch, trace);
  auto last = pool.submit(&zoo::twice, 2);
  ASSERT_TRUE(processes::eventually([&] { return running.running(); }));
  EXPECT_FALSE(running.cancel());
  EXPECT_TRUE(queued.cancel());
  EXPECT_TRUE(queued.done());
  zoo::touch(gate);
  EXPECT_EQ(last.result(), 4);
  EXPECT_NE(::access(trace.c_str(), F_OK), 0);
  ::unlink(gate.c_str());
}

TEST_F(ProcessPool, SUB_9_TwoTasksReallyRunAtTheSameTime) {
  const std::string a = processes::fresh_path("a");
  const std::string b = processes::fresh_path("b");
  weft::process_pool_executor pool{{.max_workers = 2}};
  const auto meet = [](const std::string& mine, const std::string& other) {
    zoo::touch(mine);
    return zoo::wait_for_file(other, 1);
  };
  auto first = pool.submit(meet, a, b);
  auto second = pool.submit(meet, b, a);
  EXPECT_EQ(first.result() + second.result(), 2);
  ::unlink(a.c_str());
  ::unlink(b.c_str());
}

TEST_F(ProcessPool, MAP_1_YieldsInInputOrder) {
  weft::process_pool_executor pool{{.max_workers = 2}};
  std::vector<int> items(200);
  std::iota(items.begin(), items.end(), 0);
  int expected = 0;
  for (const int n : pool.map(&zoo::add, items, items)) EXPECT_EQ(n, 2 * expected++);
  EXPECT_EQ(expected, 200);
}

TEST_F(ProcessPool, MAP_3_AnItemThatThrowsLosesNothingOfItsChunk) {
  weft::process_pool_executor pool{{.max_workers = 2}};
  auto results = pool.map(
      [](int n) {
        if (n == 3) throw std::domain_error("three");
        return n;
      },
      std::vector<int>{1, 2, 3, 4, 5}, {.chunk = 4});
  int sum = 0;
  int errors = 0;
  for (auto it = results.begin(); it != results.end(); ++it) {
    try {
      sum += *it;
    } catch (const std::domain_error& error) {
      EXPECT_STREQ(error.what(), "three");
      ++errors;
    }
  }
  EXPECT_EQ(sum, 12);
  EXPECT_EQ(errors, 1);
}

TEST_F(ProcessPool, MAP_8_RefusesAChunkThatIsNotPositive) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  EXPECT_THROW(static_cast<void>(pool.map(&zoo::twice, std::vector<int>{1}, {.chunk = 0})), weft::invalid_argument);
}

TEST_F(ProcessPool, ASC_TellsFuturesAsTheyEnd) {
  weft::process_pool_executor pool{{.max_workers = 2}};
  std::vector<weft::future<int>> futures;
  for (int i = 0; i < 20; ++i) futures.push_back(pool.submit(&zoo::twice, i));
  int sum = 0;
  for (auto& f : weft::as_completed(futures, 20s)) sum += f.result();
  EXPECT_EQ(sum, 380);
}

TEST_F(ProcessPool, PPX_3_RecycledWorkersLoseNothing) {
  std::vector<weft::future<int>> futures;
  {
    weft::process_pool_executor pool{{.max_workers = 3, .max_tasks_per_child = 1}};
    for (int i = 0; i < 6; ++i) futures.push_back(pool.submit(&zoo::twice, i));
    pool.shutdown();
  }
  for (int i = 0; i < 6; ++i) EXPECT_EQ(futures[static_cast<std::size_t>(i)].result(), 2 * i);
}

TEST_F(ProcessPool, PPX_4_TheBacklogRunsOnReplacementsAfterShutdownWithoutWaiting) {
  weft::process_pool_executor pool{{.max_workers = 2, .max_tasks_per_child = 1}};
  std::vector<weft::future<::pid_t>> futures;
  for (int i = 0; i < 20; ++i) futures.push_back(pool.submit(&zoo::process_id));
  pool.shutdown(weft::wait_for::nothing);
  std::set<::pid_t> seen;
  for (auto& f : futures) seen.insert(f.result(20s));
  EXPECT_EQ(seen.size(), 20U);
}

TEST_F(ProcessPool, INI_1_TheInitializerRunsOncePerWorkerBeforeItsTasks) {
  static int state = 0;
  const auto prepare = [](int value) { state += value; };
  weft::process_pool_executor pool{{.max_workers = 2, .initializer = {prepare, 7}}};
  std::vector<weft::future<int>> futures;
  for (int i = 0; i < 20; ++i) futures.push_back(pool.submit([] { return state; }));
  for (auto& f : futures) EXPECT_EQ(f.result(), 7);
  EXPECT_EQ(state, 0);
}

TEST_F(ProcessPool, WorkersHaveTheCallersDirectoryAndEnvironment) {
  ::setenv("WEFT_TEST_VARIABLE", "carried", 1);
  weft::process_pool_executor pool{{.max_workers = 1}};
  ::unsetenv("WEFT_TEST_VARIABLE");
  EXPECT_EQ(pool.submit([] { return std::string(std::getenv("WEFT_TEST_VARIABLE")); }).result(), "carried");
  const auto directory = [] {
    char path[4096];
    return std::string(::getcwd(path, sizeof path));
  };
  EXPECT_EQ(pool.submit(directory).result(), directory());
}

TEST_F(ProcessPool, CallbacksMaySubmitButNotWait) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  weft::promise<int> answer;
  weft::promise<bool> refused;
  pool.submit(&zoo::twice, 1).add_done_callback([&](const weft::future<int>& first) {
    auto next = pool.submit(&zoo::twice, first.result());
    try {
      static_cast<void>(next.result());
    } catch (const weft::would_deadlock&) {
      refused.set_value(true);
    }
    next.add_done_callback([&](const weft::future<int>& second) { answer.set_value(second.result()); });
  });
  EXPECT_EQ(answer.get_future().result(20s), 4);
  EXPECT_TRUE(refused.get_future().result(0s));
}

}  // namespace
