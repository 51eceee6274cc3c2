// std::async(launch::async): a thread a task. Measured on fewer tasks, because each costs as much as a hundred.
#include "common/report.hpp"
#include "pool/config.hpp"

#include <atomic>
#include <future>

namespace weft::bench {
namespace {

constexpr int few = 20'000;
constexpr int in_flight = 100;

class std_async final : public pool_contender {
 public:
  double submit_get() override {
    std::int64_t sum = 0;
    const double took = seconds([&] {
      for (int i = 0; i < few; i += in_flight) {
        std::vector<std::future<int>> futures;
        for (int k = 0; k < in_flight; ++k) futures.push_back(std::async(std::launch::async, trivial, i + k));
        for (auto& f : futures) sum += f.get();
      }
    });
    check(sum == std::int64_t{few} * (few + 1) / 2, "submit_get");
    return took * 1e9 / few;
  }
  double detached() override { return submit_get(); }
  double two_producers() override { return submit_get(); }
  double ping_hop() override {
    int value = 0;
    const double took = seconds([&] {
      for (int i = 0; i < pings; ++i) value = std::async(std::launch::async, trivial, value).get();
    });
    check(value == pings, "ping_hop");
    return took * 1e6 / pings;
  }
};

}  // namespace

std::unique_ptr<pool_contender> make_std_async() { return std::make_unique<std_async>(); }

}  // namespace weft::bench
