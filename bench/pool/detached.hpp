// The detached workload, the same for every pool: 1e6 tasks that nobody asks about, from one or more outside threads.
#pragma once

#include "common/report.hpp"
#include "pool/config.hpp"

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace weft::bench {

/// Nanoseconds a task. `pool` has post(f).
template <class Pool>
double detached_from(int producers, Pool& pool) {
  std::atomic<int> left{trivial_tasks};
  std::latch done(1);
  const double took = seconds([&] {
    std::vector<std::jthread> threads;
    for (int p = 0; p < producers; ++p) {
      threads.emplace_back([&] {
        for (int i = 0; i < trivial_tasks / producers; ++i) {
          pool.post([&] {
            if (left.fetch_sub(1, std::memory_order_relaxed) == 1) done.count_down();  // order: only counts
          });
        }
      });
    }
    done.wait();
  });
  check(left == 0, "detached");
  return took * 1e9 / trivial_tasks;
}

}  // namespace weft::bench
