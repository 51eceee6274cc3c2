// EXC-5: an allocation fails inside submit. This program's operator new can be told to fail the n-th allocation of the
// calling thread; each case fails the first, then the second, and so on, until none fails any more.
// After each failure: the error is std::bad_alloc, what was passed is released, the pool is as before, and works.
#include "support/threads.hpp"

#include <weft/process/process_pool_executor.hpp>
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {

// Allocations of this thread until one fails; negative: none does.
thread_local int allocations_left = -1;
thread_local bool has_failed = false;

bool this_one_fails() noexcept {
  if (allocations_left < 0) return false;
  if (allocations_left-- > 0) return false;
  has_failed = true;
  return true;
}

}  // namespace

void* operator new(std::size_t size) {
  if (this_one_fails()) throw std::bad_alloc();
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
// AddressSanitizer brings one of its own that does not call the first.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return this_one_fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  if (this_one_fails()) throw std::bad_alloc();
  const auto step = static_cast<std::size_t>(alignment);
  if (void* const memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace {

using namespace std::chrono_literals;

constexpr auto plenty = 30s;

enum class outcome { done, out_of_memory };

/// Calls `action` with its n-th allocation failing, for every n, and `check` with the outcome each time; returns how
/// many allocations there were.
template <class Action, class Check>
int fail_each_allocation(Action action, Check check) {
  for (int n = 0;; ++n) {
    allocations_left = n;
    has_failed = false;
    outcome result = outcome::done;
    try {
      action();
    } catch (const std::bad_alloc&) {
      result = outcome::out_of_memory;
    }
    allocations_left = -1;
    const bool failed = has_failed;
    check(result);
    if (!failed) return n;
  }
}

/// What a task holds: seen from outside, it is released when nobody else holds it.
using held = std::shared_ptr<int>;

void expect_released(const held& watched) {
  EXPECT_TRUE(weft::test::eventually([&] { return watched.use_count() == 1; })) << "something keeps the argument";
}

TEST(Allocation, TheFailingIsSeen) {
  allocations_left = 1;
  has_failed = false;
  const auto first = std::make_unique<int>(1);
  EXPECT_THROW(std::make_unique<int>(2), std::bad_alloc);
  EXPECT_TRUE(has_failed);
  EXPECT_NO_THROW(std::make_unique<int>(3));
}

TEST(Allocation, EXC_5_ASubmitToAFreshPoolThatFailsChangesNothing) {
  const auto watched = std::make_shared<int>(1);
  std::unique_ptr<weft::thread_pool_executor> pool;
  const auto renew = [&] {
    pool = std::make_unique<weft::thread_pool_executor>(weft::thread_pool_options{.max_workers = 2});
  };
  renew();
  const auto submit = [&] { static_cast<void>(pool->submit([](const held& h) { return *h; }, watched)); };
  const int count = fail_each_allocation(submit, [&](outcome result) {
    if (result == outcome::out_of_memory) {
      EXPECT_EQ(watched.use_count(), 1);
      EXPECT_EQ(pool->queued(), 0U);
      EXPECT_EQ(pool->workers(), 0U);
    }
    EXPECT_EQ(pool->submit([] { return 7; }).result(plenty), 7);
    renew();
  });
  EXPECT_GE(count, 2) << "at least the task and the thread";
}

// A task with a priority or a delay stayed in the pool's order although its submit had thrown, because no worker could
// be started: its memory was used after it had been freed.
TEST(Allocation, EXC_5_ASubmitOutOfLineThatFailsChangesNothing) {
  const auto watched = std::make_shared<int>(1);
  for (const weft::task_options& how : {weft::task_options{.priority = 1}, weft::task_options{.delay = 1us}}) {
    for (const bool busy : {false, true}) {
      std::atomic<int> ran{0};
      int accepted = 0;
      const auto task = [h = watched, &ran] { ran += *h; };
      const auto once = [&](int n) {
        weft::thread_pool_executor pool{{.max_workers = 2}};
        weft::event go;
        if (busy) pool.post([&] { go.wait(plenty); });
        allocations_left = n;
        has_failed = false;
        try {
          static_cast<void>(pool.submit(how, task));
          allocations_left = -1;
          ++accepted;
        } catch (const std::bad_alloc&) {
          allocations_left = -1;
          if (!busy) {
            EXPECT_EQ(pool.workers(), 0U);
          }
        }
        EXPECT_EQ(pool.submit([] { return 7; }).result(plenty), 7);
        go.set();
        return has_failed;
      };
      int n = 0;
      while (once(n)) ++n;
      EXPECT_GE(n, 2) << "at least the task and its place in the order";
      EXPECT_EQ(ran, accepted);
    }
  }
  expect_released(watched);
}

TEST(Allocation, EXC_5_ASubmitToAWorkingPoolThatFailsChangesNothing) {
  const auto watched = std::make_shared<int>(1);
  for (const bool busy : {false, true}) {
    for (const bool posted : {false, true}) {
      weft::thread_pool_executor pool{{.max_workers = 1}};
      weft::event go;
      if (!busy) go.set();
      weft::event started;
      auto first = pool.submit([&] {
        started.set();
        return go.wait(plenty);
      });
      ASSERT_TRUE(started.wait(plenty));
      std::atomic<int> ran{0};
      int accepted = 0;
      const auto submit = [&] {
        // Too large for the block cache, which would have a block without asking operator new.
        const auto task = [h = watched, &ran, large = std::array<char, 256>()] { ran += *h + large.front(); };
        posted ? pool.post(task) : static_cast<void>(pool.submit(task));
      };
      const int count = fail_each_allocation(submit, [&](outcome result) {
        accepted += result == outcome::done;
        if (busy) {
          EXPECT_EQ(pool.queued(), static_cast<std::size_t>(accepted));
        }
        EXPECT_EQ(pool.workers(), 1U);
      });
      EXPECT_GE(count, 1);
      go.set();
      pool.shutdown();
      EXPECT_EQ(ran, accepted);
      expect_released(watched);
    }
  }
}

// The deque of a worker grows when its tasks have spawned many that nobody has taken yet.
TEST(Allocation, EXC_5_ASubmitInsideATaskThatFailsChangesNothing) {
  for (const int before : {0, 256, 512, 1024}) {
    const auto watched = std::make_shared<int>(1);
    weft::thread_pool_executor pool{{.max_workers = 1}};
    std::atomic<int> ran{0};
    const auto spawning = [&] {
      const auto child = [h = watched, &ran] { ran += *h; };
      for (int i = 0; i < before; ++i) pool.post(child);
      int accepted = before;
      fail_each_allocation([&] { static_cast<void>(pool.submit(child)); },
                           [&](outcome result) { accepted += result == outcome::done; });
      EXPECT_EQ(pool.queued(), static_cast<std::size_t>(accepted));
      return accepted;
    };
    const int accepted = pool.submit(spawning).result(plenty);
    pool.shutdown();
    EXPECT_EQ(ran, accepted);
    expect_released(watched);
  }
}

// The error that says "after shutdown" was made without a way back: when there was no memory for its text, the refused
// task stayed allocated for ever, with everything it held.
TEST(Allocation, EXC_5_ASubmitAfterShutdownThatFailsReleasesWhatItWasGiven) {
  const auto watched = std::make_shared<int>(1);
  weft::thread_pool_executor pool{{.max_workers = 1}};
  pool.shutdown();
  const auto submit = [&] {
    try {
      static_cast<void>(pool.submit([h = watched] { return *h; }));
    } catch (const weft::shutdown_error&) {
    }
  };
  const int count = fail_each_allocation(submit, [&](outcome) { EXPECT_EQ(watched.use_count(), 1); });
  EXPECT_GE(count, 1);
  weft::process_pool_executor processes{{.max_workers = 1}};
  processes.shutdown();
  const auto submit_to_processes = [&] {
    try {
      static_cast<void>(processes.submit([](int n) { return n; }, 1));
    } catch (const weft::shutdown_error&) {
    }
  };
  fail_each_allocation(submit_to_processes, [](outcome) {});  // what is not released here the leak checker finds
}

TEST(Allocation, EXC_5_ASubmitToAProcessPoolThatFailsChangesNothing) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  EXPECT_EQ(pool.submit([](int n) { return n; }, 1).result(plenty), 1);
  const std::string argument(5000, 'x');
  std::vector<weft::future<std::size_t>> accepted;
  accepted.reserve(100);
  const auto submit = [&] { accepted.push_back(pool.submit([](const std::string& s) { return s.size(); }, argument)); };
  const int count = fail_each_allocation(submit, [&](outcome) {
    EXPECT_EQ(pool.submit([](int n) { return n + 1; }, 1).result(plenty), 2);
    EXPECT_EQ(pool.queued(), 0U);
  });
  EXPECT_GE(count, 2) << "at least the future and the message";
  for (const auto& f : accepted) EXPECT_EQ(f.result(plenty), argument.size());
}

}  // namespace
