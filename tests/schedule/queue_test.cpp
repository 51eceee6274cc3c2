#include "schedule/together.hpp"

#include <weft/base/error.hpp>
#include <weft/queue/queue.hpp>

#include <gtest/gtest.h>

#include <array>

namespace {

using namespace weft;

// The items that came out, each of which may come once.
class seen_once {
 public:
  void add(int item) {
    schedule::check(seen_[static_cast<std::size_t>(item)].exchange(true) == false, "each item once");
  }
  bool has(int item) const { return seen_[static_cast<std::size_t>(item)].load(); }

 private:
  std::array<detail::atom<bool>, 8> seen_{};
};

TEST(ScheduledQueue, ABoundedQueueLosesAndDoublesNothing) {
  schedule::explore(250, [] {
    queue<int> items(1);
    seen_once seen;
    const auto get_two = [&] {
      seen.add(items.get());
      seen.add(items.get());
    };
    schedule::together(
        [&] {
          items.put(0);
          items.put(1);
        },
        [&] {
          items.put(2);
          items.put(3);
        },
        get_two, get_two);
    schedule::check(items.empty(), "nothing is left");
  });
}

TEST(ScheduledQueue, OneProducerKeepsItsOrder) {
  schedule::explore(200, [] {
    queue<int> items(2);
    schedule::together(
        [&] {
          for (int i = 0; i < 4; ++i) items.put(i);
        },
        [&] {
          for (int i = 0; i < 4; ++i) schedule::check(items.get() == i, "in order");
        });
  });
}

// Everybody who waits is let go by shutdown; what was put before is still drained; what was refused is not there.
TEST(ScheduledQueue, ShutdownEndsAllWaits) {
  schedule::explore(500, [] {
    queue<int> items(1);
    seen_once seen;
    std::array<bool, 2> put{};
    const auto producer = [&](int item) {
      return [&, item] {
        try {
          items.put(item);
          put[static_cast<std::size_t>(item)] = true;
        } catch (const queue_shut_down&) {
        }
      };
    };
    const auto consumer = [&] {
      try {
        while (true) seen.add(items.get());
      } catch (const queue_shut_down&) {
      }
    };
    schedule::together(producer(0), producer(1), consumer, [&] { items.shutdown(); });
    for (int item = 0; item < 2; ++item) {
      schedule::check(seen.has(item) == put[static_cast<std::size_t>(item)], "taken if and only if it was put");
    }
  });
}

// RAC-5: a consumer that gives up loses no item, and nobody sleeps next to one.
TEST(ScheduledQueue, RAC_5_ATimedConsumerLosesNoItem) {
  schedule::explore(500, [] {
    queue<int> items;
    seen_once seen;
    bool timed_got_one = false;
    detail::os_thread timed([&] {
      try {
        seen.add(items.get(schedule::some_time()));
        timed_got_one = true;
      } catch (const queue_empty&) {
      }
    });
    detail::os_thread untimed([&] { seen.add(items.get()); });
    items.put(0);
    timed.join();
    if (timed_got_one) items.put(1);
    untimed.join();
    schedule::check(items.empty() && seen.has(0), "the item came out");
  });
}

TEST(ScheduledQueue, JoinWaitsForTheLastTaskDone) {
  schedule::explore(250, [] {
    queue<int> items;
    detail::atom<int> dealt_with{0};
    items.put(0);
    items.put(1);
    const auto deal = [&] {
      items.get();
      dealt_with.fetch_add(1);
      items.task_done();
    };
    schedule::together(deal, deal, [&] {
      items.join();
      schedule::check(dealt_with.load() == 2, "all items are dealt with");
    });
  });
}

}  // namespace
