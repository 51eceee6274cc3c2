// The workloads over a pool that can only post: results through std::promise.
#pragma once

#include "common/report.hpp"
#include "pool/config.hpp"
#include "pool/detached.hpp"

#include <future>

namespace weft::bench {

/// `Post` has post(f) and `workers` threads of its own.
template <class Post>
class promise_pool final : public pool_contender {
 public:
  double submit_get() override {
    std::int64_t sum = 0;
    const double took = seconds([&] {
      std::vector<std::future<int>> futures;
      futures.reserve(trivial_tasks);
      for (int i = 0; i < trivial_tasks; ++i) {
        std::promise<int> promise;
        futures.push_back(promise.get_future());
        pool_.post([i, p = std::make_shared<std::promise<int>>(std::move(promise))]() { p->set_value(trivial(i)); });
      }
      for (auto& f : futures) sum += f.get();
    });
    check(sum == trivial_sum, "submit_get");
    return took * 1e9 / trivial_tasks;
  }

  double detached() override { return detached_from(1, pool_); }
  double two_producers() override { return detached_from(2, pool_); }

  double ping_hop() override {
    int value = 0;
    const double took = seconds([&] {
      for (int i = 0; i < pings; ++i) {
        std::promise<int> promise;
        auto f = promise.get_future();
        pool_.post(
            [value, p = std::make_shared<std::promise<int>>(std::move(promise))]() { p->set_value(trivial(value)); });
        value = f.get();
      }
    });
    check(value == pings, "ping_hop");
    return took * 1e6 / pings;
  }

 private:
  Post pool_;
};

}  // namespace weft::bench
