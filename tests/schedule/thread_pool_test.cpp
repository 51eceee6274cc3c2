// The thread pool through its public face: whatever the order, what was accepted runs or is cancelled, and all ends.
#include "schedule/together.hpp"

#include <weft/base/error.hpp>
#include <weft/future/wait.hpp>
#include <weft/pool/thread_pool_executor.hpp>

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <stdexcept>

namespace {

using namespace weft;

class ScheduledPool : public testing::TestWithParam<std::size_t> {
 protected:
  static thread_pool_options options() { return {.max_workers = GetParam()}; }
};
INSTANTIATE_TEST_SUITE_P(Workers, ScheduledPool, testing::Values(1, 2, 3));

TEST_P(ScheduledPool, WhatIsSubmittedIsRun) {
  schedule::explore(120, [] {
    thread_pool_executor pool(options());
    const auto submit = [&] {
      const auto result = pool.submit([](int x) { return x + 1; }, 1);
      schedule::check(result.result() == 2, "the value");
    };
    schedule::together(submit, submit);
  });
}

// A task that comes while the workers go to sleep, or have just gone, is run.
TEST_P(ScheduledPool, ATaskThatMeetsWorkersFallingAsleepIsRun) {
  schedule::explore(120, [] {
    thread_pool_executor pool(options());
    for (int i = 0; i < 3; ++i) schedule::check(pool.submit([i] { return i; }).result() == i, "the value");
  });
}

TEST_P(ScheduledPool, TasksSpawnTasksAndWaitForThem) {
  schedule::explore(120, [] {
    thread_pool_executor pool(options());
    const auto sum = pool.submit([&pool] {
      const auto left = pool.submit([&pool] { return pool.submit([] { return 1; }).result(); });
      const auto right = pool.submit([] { return 2; });
      return left.result() + right.result();
    });
    schedule::check(sum.result() == 3, "the sum");
  });
}

// Spawned without anybody waiting in the pool: the spawner's worker or another runs them all.
TEST_P(ScheduledPool, WhatATaskSpawnsIsRun) {
  schedule::explore(120, [] {
    detail::atom<int> ran{0};
    {
      thread_pool_executor pool(options());
      pool.submit([&] {
            for (int i = 0; i < 3; ++i) pool.post([&] { ran.fetch_add(1); });
          })
          .wait();  // before the destructor refuses further tasks
    }
    schedule::check(ran.load() == 3, "all have run");
  });
}

// A spawner that goes on: an idle worker must be told, or take it by itself.
TEST(ScheduledTwoWorkers, ASpawnedTaskDoesNotWaitForItsSpawner) {
  schedule::explore(250, [] {
    detail::atom<bool> ran{false};
    thread_pool_executor pool({.max_workers = 2});
    pool.post([&] {
      pool.post([&] { ran.store(true); });
      for (unsigned round = 0; !ran.load(); ++round) detail::spin_pause(round);
    });
  });
}

TEST_P(ScheduledPool, CancelAgainstTheWorkers) {
  schedule::explore(120, [] {
    detail::atom<int> ran{0};
    thread_pool_executor pool(options());
    const auto first = pool.submit([&] { ran.fetch_add(1); });
    const auto second = pool.submit([&] { ran.fetch_add(1); });
    const int cancelled = (second.cancel() ? 1 : 0) + (first.cancel() ? 1 : 0);
    wait(std::array{first, second});
    schedule::check(ran.load() + cancelled == 2, "each ran or was cancelled");
  });
}

// RAC-1: each submit is refused or its task runs.
TEST_P(ScheduledPool, RAC_1_SubmitAgainstShutdown) {
  schedule::explore(120, [] {
    detail::atom<int> accepted{0};
    detail::atom<int> ran{0};
    thread_pool_executor pool(options());
    const auto submit = [&] {
      try {
        for (int i = 0; i < 2; ++i) {
          pool.post([&] { ran.fetch_add(1); });
          accepted.fetch_add(1);
        }
      } catch (const shutdown_error&) {
      }
    };
    schedule::together(submit, submit, [&] { pool.shutdown(); });
    pool.shutdown();
    schedule::check(ran.load() == accepted.load(), "what was accepted has run");
  });
}

// RAC-2: every future is cancelled or done, none both.
TEST_P(ScheduledPool, RAC_2_ShutdownWithCancelAgainstTheWorkers) {
  schedule::explore(120, [] {
    detail::atom<int> ran{0};
    thread_pool_executor pool(options());
    std::vector<future<void>> results;
    for (int i = 0; i < 3; ++i) results.push_back(pool.submit([&] { ran.fetch_add(1); }));
    pool.shutdown(wait_for::tasks, pending::cancel);
    int cancelled = 0;
    for (const auto& each : results) {
      schedule::check(each.done(), "done after the shutdown");
      cancelled += each.cancelled() ? 1 : 0;
    }
    schedule::check(ran.load() + cancelled == 3, "each ran or was cancelled");
  });
}

TEST_P(ScheduledPool, ShutdownsOfManyThreadsAllEnd) {
  schedule::explore(100, [] {
    thread_pool_executor pool(options());
    pool.post([] {});
    schedule::together([&] { pool.shutdown(); }, [&] { pool.shutdown(); }, [&] { pool.shutdown(wait_for::nothing); });
    schedule::check(pool.workers() == 0, "no worker is left");
  });
}

TEST_P(ScheduledPool, ATaskMayLetGoOfThePool) {
  schedule::explore(100, [] {
    auto pool = std::make_unique<thread_pool_executor>(options());
    auto& raw = *pool;
    detail::atom<bool> ran{false};
    const auto later = raw.submit([&ran, mine = std::move(pool)]() mutable {
      mine->post([&ran] { ran.store(true); });
      mine.reset();
    });
    later.wait();
    while (!ran.load()) detail::spin_pause(0);
  });
}

TEST_P(ScheduledPool, AnInitializerThatFailsFailsAllTasks) {
  schedule::explore(100, [] {
    set_error_hook([](const lost_error&) {});
    {
      auto failing = options();
      failing.initializer = [] { throw std::runtime_error("no start"); };
      thread_pool_executor pool(std::move(failing));
      const auto submit = [&] {
        std::optional<future<int>> result;
        try {
          result = pool.submit([] { return 1; });
        } catch (const broken_thread_pool&) {
        }
        if (result) schedule::check(result->exception() != nullptr, "failed");
      };
      schedule::together(submit, submit);
    }
    set_error_hook({});
  });
}

}  // namespace
