// The structures that a worker's tasks wait in: what one thread takes no other takes, and nothing stays behind.
#include "schedule/together.hpp"

#include "pool/task_batch.hpp"
#include "pool/work_deque.hpp"

#include <weft/sync/mutex.hpp>

#include <gtest/gtest.h>

#include <array>
#include <deque>

namespace {

using namespace weft;

// Tasks that are never run, only counted by their position.
class pieces {
 public:
  explicit pieces(std::size_t count) : taken_(count) {
    for (std::size_t i = 0; i < count; ++i) tasks_.emplace_back(nothing, false);
  }

  detail::task& operator[](std::size_t at) { return tasks_[at]; }
  void take(const detail::task* item) {
    if (item == nullptr) return;
    std::size_t at = 0;
    while (&tasks_[at] != item) ++at;
    schedule::check(taken_[at].fetch_add(1) == 0, "taken once");
    total_.fetch_add(1);
  }
  std::size_t taken() const { return total_.load(); }

 private:
  static constexpr detail::task_operations nothing{};
  std::deque<detail::task> tasks_;
  std::vector<detail::atom<int>> taken_;
  detail::atom<std::size_t> total_{0};
};

TEST(ScheduledDeque, TheLastTaskGoesToOwnerOrThief) {
  schedule::explore(600, [] {
    pieces all(2);
    detail::work_deque deque;
    schedule::check(deque.push(all[0]), "room");
    schedule::together(
        [&] {
          all.take(deque.pop());
          schedule::check(deque.push(all[1]), "room");
          all.take(deque.pop());
        },
        [&] {
          all.take(deque.steal());
          all.take(deque.steal());
        });
    all.take(deque.pop());
    schedule::check(all.taken() == 2 && deque.size() == 0, "all are taken");
  });
}

// Thieves come one at a time, under the pool's lock.
TEST(ScheduledDeque, PushesPopsAndSteals) {
  schedule::explore(600, [] {
    pieces all(4);
    detail::work_deque deque;
    mutex thieves;
    const auto steal = [&] {
      for (int i = 0; i < 2; ++i) {
        const scoped_lock held(thieves);
        all.take(deque.steal());
      }
    };
    schedule::together(
        [&] {
          for (std::size_t i = 0; i < 4; ++i) {
            schedule::check(deque.push(all[i]), "room");
            if (i % 2 == 1) all.take(deque.pop());
          }
        },
        steal, steal);
    while (detail::task* const left = deque.pop()) all.take(left);
    schedule::check(all.taken() == 4, "all are taken");
  });
}

TEST(ScheduledBatch, TakeAgainstRefill) {
  schedule::explore(600, [] {
    pieces all(5);
    detail::task_batch batch;
    detail::task_ring waiting;
    for (std::size_t i = 0; i < 5; ++i) waiting.append(all[i]);
    const auto take_two = [&] {
      all.take(batch.take());
      all.take(batch.take());
    };
    schedule::together(
        [&] {
          while (!waiting.empty()) {
            detail::task_ring two;
            for (int i = 0; i < 2 && !waiting.empty(); ++i) two.append(waiting.take_first());
            batch.fill(two);
            while (const detail::task* const item = batch.take()) all.take(item);
          }
        },
        take_two, take_two);
    schedule::check(all.taken() == 5 && batch.size() == 0, "all are taken");
  });
}

}  // namespace
