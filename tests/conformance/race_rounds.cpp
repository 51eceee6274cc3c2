#include "conformance/race_rounds.hpp"

#include "support/random.hpp"
#include "support/threads.hpp"

#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace weft::test {
namespace {

using namespace std::chrono_literals;

constexpr auto plenty = 60s;

// How far the leading thread is.
class progress {
 public:
  void reach(int step) noexcept { step_.store(step); }
  void wait_for(int step) const noexcept {
    for (unsigned round = 0; step_.load() < step; ++round) {
      if (round % 64 == 63) std::this_thread::yield();
    }
  }

 private:
  std::atomic<int> step_{-1};  // written by the leader, read by the follower
};

// The delay at which the follower comes at the same moment as the leader: after each round the leader says who was
// first, and the delay follows, so that most rounds are close.
class edge {
 public:
  explicit edge(unsigned first_guess) : delay_(first_guess) {}
  void follower_waits(random_source& random) const noexcept {
    const unsigned delay = delay_.load();
    busy(delay - delay / 8 + random.below(delay / 4 + 2));
  }
  void follower_was_first(bool was_first) noexcept {
    const unsigned delay = delay_.load();
    delay_.store(was_first ? delay + delay / 16 + 1 : delay - delay / 16 - (delay > 0 ? 1 : 0));
  }

 private:
  std::atomic<unsigned> delay_;  // written by the leader, read by the follower
};

std::vector<future<int>> futures_of(const std::deque<promise<int>>& promises) {
  std::vector<future<int>> all;
  all.reserve(promises.size());
  for (const auto& p : promises) all.push_back(p.get_future());
  return all;
}

}  // namespace

void add_callbacks_while_completing(int rounds) {
  std::deque<promise<int>> promises(static_cast<std::size_t>(rounds));
  const auto futures = futures_of(promises);
  std::deque<std::atomic<int>> calls(static_cast<std::size_t>(rounds));
  progress adding;
  edge meeting(100);
  std::jthread producer([&] {
    random_source random(1);
    int step = 0;
    for (auto& p : promises) {
      adding.wait_for(step++);
      meeting.follower_waits(random);
      p.set_value(1);
    }
  });
  const auto adder = std::this_thread::get_id();
  for (std::size_t i = 0; i < futures.size(); ++i) {
    std::atomic<bool> ran_here{false};
    adding.reach(static_cast<int>(i));
    busy(200);
    futures[i].add_done_callback([&calls, &ran_here, adder, i](const future<int>&) {
      ++calls[i];
      if (std::this_thread::get_id() == adder) ran_here = true;
    });
    meeting.follower_was_first(ran_here);
  }
  producer.join();
  EXPECT_TRUE(std::ranges::all_of(calls, [](const auto& each) { return each.load() == 1; }));
}

void complete_at_the_moment_of_expiry(int rounds) {
  std::deque<promise<int>> promises(static_cast<std::size_t>(rounds));
  const auto futures = futures_of(promises);
  constexpr int limits = 8;  // multiples of 4 microseconds: some end while the waiter spins, some while it sleeps
  std::deque<edge> meetings;
  for (int i = 0; i < limits; ++i) meetings.emplace_back(4'000);
  progress waiting;
  std::jthread producer([&] {
    random_source random(2);
    int step = 0;
    for (auto& p : promises) {
      waiting.wait_for(step);
      meetings[static_cast<std::size_t>(step % limits)].follower_waits(random);
      p.set_value(step++);
    }
  });
  make_timers_exact();
  for (int step = 0; step < rounds; ++step) {
    const auto& f = futures[static_cast<std::size_t>(step)];
    bool in_time = true;
    waiting.reach(step);
    try {
      EXPECT_EQ(f.result(std::chrono::microseconds(4 * (step % limits))), step);
    } catch (const timeout_error&) {
      in_time = false;
      EXPECT_EQ(f.result(plenty), step);
    }
    meetings[static_cast<std::size_t>(step % limits)].follower_was_first(in_time);
  }
}

void complete_while_waits_register(int rounds) {
  random_source random(4);
  for (int round = 0; round < rounds; ++round) {
    std::deque<promise<int>> promises(100);
    const auto futures = futures_of(promises);
    progress waiting;
    std::jthread producer([&, delay = random.below(20'000)] {
      waiting.wait_for(1);
      busy(delay);
      for (auto& p : promises) p.set_value(1);
    });
    waiting.reach(1);
    const auto when = static_cast<return_when>(random.below(3));
    const auto ended = wait(futures, {.timeout = plenty, .return_when = when});
    if (when == return_when::first_completed) {
      EXPECT_GE(ended.done.size(), 1U);
    } else {
      EXPECT_EQ(ended.done.size(), 100U);
    }
  }
  thread_pool_executor pool{{.max_workers = 2}};
  for (int round = 0; round < rounds; ++round) {
    std::vector<future<int>> futures;
    for (int i = 0; i < 100; ++i) futures.push_back(pool.submit([i] { return i; }));
    EXPECT_EQ(wait(futures, {.timeout = plenty}).done.size(), 100U);
  }
}

void submit_while_shutting_down(int rounds) {
  std::deque<std::optional<thread_pool_executor>> pools(static_cast<std::size_t>(rounds));
  progress submitting;
  progress closing;
  std::jthread closer([&] {
    random_source random(5);
    for (int step = 0; step < rounds; ++step) {
      submitting.wait_for(step);
      busy(random.below(20'000));
      pools[static_cast<std::size_t>(step)]->shutdown(static_cast<wait_for>(random.below(2)),
                                                      static_cast<pending>(random.below(2)));
      closing.reach(step);
    }
  });
  for (int step = 0; step < rounds; ++step) {
    auto& pool = pools[static_cast<std::size_t>(step)].emplace(
        thread_pool_options{.max_workers = 1 + static_cast<std::size_t>(step) % 2});
    std::atomic<int> ran{0};
    std::vector<future<void>> accepted;
    submitting.reach(step);
    try {
      for (int i = 0; i < 50; ++i) accepted.push_back(pool.submit([&] { ++ran; }));
    } catch (const shutdown_error&) {
    }
    int values = 0;
    for (const auto& f : accepted) {
      EXPECT_TRUE(f.wait(plenty)) << "a task stays " << f.describe();
      if (!f.cancelled()) ++values;
    }
    EXPECT_EQ(values, ran.load());
    closing.wait_for(step);
    pools[static_cast<std::size_t>(step)].reset();
  }
}

void cancel_the_rest_of_a_busy_pool(int rounds) {
  for (int round = 0; round < rounds; ++round) {
    thread_pool_executor pool{{.max_workers = 2}};
    std::deque<std::atomic<int>> ran(100);
    std::vector<future<void>> all;
    for (std::size_t i = 0; i < ran.size(); ++i) all.push_back(pool.submit([&ran, i] { ++ran[i]; }));
    pool.shutdown(wait_for::tasks, pending::cancel);
    for (std::size_t i = 0; i < ran.size(); ++i) {
      EXPECT_TRUE(all[i].done());
      EXPECT_EQ(ran[i].load(), all[i].cancelled() ? 0 : 1) << "cancelled and done are one or the other";
    }
  }
}

// In each round a consumer with a timeout comes first, an endless one second, another with a timeout third. Whoever
// timed out stays away until the item of the round is taken: if the wake-up was meant for it and got lost, the endless
// one sleeps next to the item.
void time_out_while_items_come(int rounds) {
  queue<int> items;
  progress begun;
  progress first_in;
  std::atomic<int> taken{0};
  std::atomic<int> endless_rounds{0};
  std::deque<std::atomic<int>> times_taken(3 * static_cast<std::size_t>(rounds));
  const auto take = [&](const deadline& until) {
    const int item = items.get(until);
    ++times_taken[static_cast<std::size_t>(item)];
    if (until.is_never()) ++endless_rounds;
    ++taken;
  };
  const auto hurried = [&](unsigned stream, bool is_first) {
    random_source random(stream);
    make_timers_exact();
    for (int step = 0; step < rounds; ++step) {
      (is_first ? begun : first_in).wait_for(step);
      if (is_first) first_in.reach(step);
      try {
        take(std::chrono::nanoseconds(random.below(60'000)));
      } catch (const queue_empty&) {
      }
    }
  };
  std::vector<std::jthread> consumers;
  consumers.emplace_back([&] { hurried(6, true); });
  consumers.emplace_back([&] {
    for (int step = 0; step < rounds; ++step) {
      first_in.wait_for(step);
      busy(3'000);
      take({});
    }
  });
  consumers.emplace_back([&] { hurried(7, false); });
  random_source random(8);
  int put = 0;
  for (int step = 0; step < rounds; ++step) {
    begun.reach(step);
    first_in.wait_for(step);
    busy(random.below(80'000));
    do {  // more than once if a hurried one had the item: each round ends with the endless one
      items.put(put++);
      if (eventually([&] { return taken == put; })) continue;
      ADD_FAILURE() << "an item lies there and a consumer sleeps next to it";
      std::abort();  // there is no way to end that consumer
    } while (endless_rounds == step);
  }
  consumers.clear();
  EXPECT_EQ(taken, put);
  EXPECT_TRUE(std::all_of(times_taken.begin(), times_taken.begin() + put, [](const auto& t) { return t.load() == 1; }));
}

// In each round a waiter with a timeout comes first and an endless one second; then one notify. If the first says that
// it timed out, the second must have been woken.
void notify_at_the_moment_of_expiry(int rounds) {
  mutex lock;
  condition changed(lock);
  progress begun;
  progress first_in;
  progress second_in;
  progress first_out;
  bool first_notified = false;  // protected by lock
  int second_woken = -1;        // protected by lock
  std::jthread first([&] {
    random_source random(9);
    make_timers_exact();
    for (int step = 0; step < rounds; ++step) {
      begun.wait_for(step);
      const scoped_lock held(lock);
      first_in.reach(step);
      first_notified = changed.wait(std::chrono::nanoseconds(random.below(80'000)));
      first_out.reach(step);
    }
  });
  std::jthread second([&] {
    for (int step = 0; step < rounds; ++step) {
      first_in.wait_for(step);
      const scoped_lock held(lock);
      second_in.reach(step);
      EXPECT_TRUE(changed.wait(plenty));
      second_woken = step;
    }
  });
  const auto second_is_woken = [&](int step) {
    const scoped_lock held(lock);
    return second_woken == step;
  };
  random_source random(10);
  for (int step = 0; step < rounds; ++step) {
    begun.reach(step);
    second_in.wait_for(step);
    busy(random.below(60'000));
    {
      const scoped_lock held(lock);
      changed.notify();
    }
    first_out.wait_for(step);
    const bool was_first = [&] {
      const scoped_lock held(lock);
      return first_notified;
    }();
    if (was_first) {
      EXPECT_FALSE(second_is_woken(step)) << "one notify woke two";
      const scoped_lock held(lock);
      changed.notify();
    }
    EXPECT_TRUE(eventually([&] { return second_is_woken(step); })) << "a notify was swallowed by a timeout";
  }
}

void release_at_the_moment_of_expiry(int rounds) {
  semaphore permits(0);
  progress begun;
  progress ended;
  std::atomic<bool> acquired{false};
  std::jthread waiter([&] {
    random_source random(11);
    make_timers_exact();
    for (int step = 0; step < rounds; ++step) {
      begun.wait_for(step);
      acquired = permits.acquire(std::chrono::nanoseconds(random.below(40'000)));
      ended.reach(step);
    }
  });
  random_source random(12);
  for (int step = 0; step < rounds; ++step) {
    begun.reach(step);
    busy(random.below(60'000));
    permits.release();
    ended.wait_for(step);
    EXPECT_EQ(permits.try_acquire(), !acquired) << "a permit got lost";
  }
}

}  // namespace weft::test
