#include "unit/process/pool_test.hpp"

#include <csignal>
#include <thread>

namespace {

using testing::HasSubstr;

class ProcessShutdown : public pool_test {};

TEST_F(ProcessShutdown, SHU_1_SHU_2_RefusesWorkAfterwardsAndMayBeRepeated) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  auto f = pool.submit(&zoo::twice, 1);
  std::thread other([&] { pool.shutdown(); });
  pool.shutdown();
  other.join();
  pool.shutdown();
  EXPECT_EQ(f.result(0s), 2);
  EXPECT_THROW(static_cast<void>(pool.submit(&zoo::twice, 1)), weft::shutdown_error);
}

TEST_F(ProcessShutdown, SHU_3_SHU_4_WithoutWaitingRunsOrCancelsTheQueue) {
  weft::process_pool_executor runs{{.max_workers = 1}};
  auto first = runs.submit(&zoo::sleep_for, 50);
  auto second = runs.submit(&zoo::twice, 2);
  runs.shutdown(weft::wait_for::nothing);
  EXPECT_EQ(second.result(20s), 4);

  weft::process_pool_executor cancels{{.max_workers = 1}};
  auto running = cancels.submit(&zoo::sleep_for, 50);
  auto queued = cancels.submit(&zoo::twice, 2);
  ASSERT_TRUE(processes::eventually([&] { return running.running(); }));
  cancels.shutdown(weft::wait_for::tasks, weft::pending::cancel);
  EXPECT_EQ(running.result(0s), 50);
  EXPECT_TRUE(queued.cancelled());
}

TEST_F(ProcessShutdown, SHU_5_SHU_8_AfterTheScopeTheWorkersAreGoneAndResultsRemain) {
  weft::future<::pid_t> f;
  {
    weft::process_pool_executor pool{{.max_workers = 2}};
    f = pool.submit(&zoo::process_id);
  }
  EXPECT_GT(f.result(0s), 0);
  EXPECT_FALSE(processes::alive(f.result()));
}

TEST_F(ProcessShutdown, SHU_6_ReturnsAfterEveryTaskWasCancelled) {
  for (int i = 0; i < 20; ++i) {
    weft::process_pool_executor pool{{.max_workers = 1}};
    auto f = pool.submit(&zoo::twice, 1);
    static_cast<void>(f.cancel());
    pool.shutdown();
    EXPECT_TRUE(f.done());
  }
}

TEST_F(ProcessShutdown, SHU_7_ReturnsWhenMappedResultsAreIgnored) {
  weft::process_pool_executor pool{{.max_workers = 2}};
  static_cast<void>(pool.map(&zoo::twice, std::vector<int>(500, 1)));
  pool.shutdown();
}

TEST_F(ProcessShutdown, SHU_9_AWaitInProgressIsToldOfEveryCancellation) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  std::vector<weft::future<int>> futures;
  for (int i = 0; i < 50; ++i) futures.push_back(pool.submit(&zoo::sleep_for, 5));
  std::thread closer([&] { pool.shutdown(weft::wait_for::nothing, weft::pending::cancel); });
  std::size_t seen = 0;
  for (auto& f : weft::as_completed(futures, 20s)) {
    EXPECT_TRUE(f.done());
    ++seen;
  }
  closer.join();
  EXPECT_EQ(seen, 50U);
}

TEST_F(ProcessShutdown, SHU_10_AStaticPoolRunsItsTasksAtTheProgramsEnd) {
  processes::program scenario({"--scenario", "static_pool"});
  EXPECT_EQ(scenario.line(), "ran");
  EXPECT_EQ(scenario.wait(), 0);
}

TEST_F(ProcessShutdown, SHU_11_EndedWorkersFailTheirTasksAndThePoolTakesNoMore) {
  for (const bool politely : {true, false}) {
    weft::process_pool_executor pool{{.max_workers = 1}};
    auto hanging = pool.submit(&zoo::hang);
    auto queued = pool.submit(&zoo::twice, 1);
    ASSERT_TRUE(processes::eventually([&] { return hanging.running(); }));
    const auto begin = std::chrono::steady_clock::now();
    politely ? pool.terminate_workers() : pool.kill_workers();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
    EXPECT_EQ(error_of<weft::terminated_worker>(hanging).signal(), politely ? SIGTERM : SIGKILL);
    EXPECT_THAT(error_of<weft::broken_process_pool>(queued).what(), HasSubstr("ended before this task had started"));
    EXPECT_THROW(static_cast<void>(pool.submit(&zoo::twice, 1)), weft::shutdown_error);
  }
}

TEST_F(ProcessShutdown, SHU_12_EndingWorkersThatAreNotThereIsNoError) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  pool.terminate_workers();
  pool.kill_workers();
  weft::process_pool_executor used{{.max_workers = 1}};
  EXPECT_NE(used.submit(&zoo::kill_self).exception(20s), nullptr);
  used.terminate_workers();
}

TEST_F(ProcessShutdown, PPX_5_TheBacklogOfARetiringWorkerEnds) {
  std::vector<weft::future<int>> futures;
  {
    weft::process_pool_executor pool{{.max_workers = 1, .max_tasks_per_child = 2}};
    for (int i = 0; i < 9; ++i) futures.push_back(pool.submit(&zoo::twice, i));
  }
  for (const auto& f : futures) EXPECT_TRUE(f.done());
}

TEST_F(ProcessShutdown, PPX_6_NoReplacementEscapesAKill) {
  for (int round = 0; round < 20; ++round) {
    weft::process_pool_executor pool{{.max_workers = 2, .max_tasks_per_child = 1}};
    std::vector<weft::future<int>> futures;
    for (int i = 0; i < 20; ++i) futures.push_back(pool.submit(&zoo::twice, i));
    futures[static_cast<std::size_t>(round) % 5].wait(20s);
    pool.kill_workers();
    EXPECT_EQ(pool.workers(), 0U);
    EXPECT_LE(processes::children_of(weft::detail::fork_server_pid()).size(), 1U);
    for (const auto& f : futures) {
      EXPECT_TRUE(f.done());
      static_cast<void>(f.exception());
    }
  }
}

TEST_F(ProcessShutdown, PPX_11_EscalatesForAWorkerThatIgnoresThePoliteSignal) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  const std::string ready = processes::fresh_path("ready");
  auto f = pool.submit(
      [](const std::string& path) {
        ::signal(SIGTERM, SIG_IGN);
        zoo::touch(path);
        zoo::hang();
      },
      ready);
  ASSERT_TRUE(processes::eventually([&] { return ::access(ready.c_str(), F_OK) == 0; }));
  pool.terminate_workers();
  EXPECT_EQ(error_of<weft::terminated_worker>(f).signal(), SIGKILL);
  ::unlink(ready.c_str());
}

TEST_F(ProcessShutdown, TheFutureOfALastCallbackMayDestroyThePool) {
  auto pool = std::make_unique<weft::process_pool_executor>(weft::process_pool_options{.max_workers = 1});
  weft::promise<void> gone;
  auto f = pool->submit(&zoo::sleep_for, 20);
  f.add_done_callback([&](const weft::future<int>&) {
    pool.reset();
    gone.set_value();
  });
  gone.get_future().result(20s);
}

}  // namespace
