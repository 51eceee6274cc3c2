#include "common/report.hpp"
#include "pool/config.hpp"
#include "pool/detached.hpp"

#include <weft/weft.hpp>

namespace weft::bench {
namespace {

class weft_pool final : public pool_contender {
 public:
  double submit_get() override {
    std::int64_t sum = 0;
    const double took = seconds([&] {
      std::vector<future<int>> futures;
      futures.reserve(trivial_tasks);
      for (int i = 0; i < trivial_tasks; ++i) futures.push_back(pool_.submit(trivial, i));
      for (auto& f : futures) sum += f.result();
    });
    check(sum == trivial_sum, "submit_get");
    return took * 1e9 / trivial_tasks;
  }

  double detached() override { return detached_from(1, pool_); }
  double two_producers() override { return detached_from(2, pool_); }

  double ping_hop() override {
    int value = 0;
    const double took = seconds([&] {
      for (int i = 0; i < pings; ++i) value = pool_.submit(trivial, value).result();
    });
    check(value == pings, "ping_hop");
    return took * 1e6 / pings;
  }

 private:
  thread_pool_executor pool_{{.max_workers = workers}};
};

}  // namespace

std::unique_ptr<pool_contender> make_weft() { return std::make_unique<weft_pool>(); }

}  // namespace weft::bench
