// No pool at all: what the loop and the calls cost.
#include "common/report.hpp"
#include "pool/config.hpp"

namespace weft::bench {
namespace {

class serial final : public pool_contender {
 public:
  double submit_get() override { return detached(); }
  double detached() override {
    std::int64_t sum = 0;
    int (*volatile opaque)(int) = &trivial;
    const double took = seconds([&] {
      for (int i = 0; i < trivial_tasks; ++i) sum += opaque(i);
    });
    check(sum == trivial_sum, "serial");
    return took * 1e9 / trivial_tasks;
  }
  double two_producers() override { return detached(); }
  double ping_hop() override { return detached() / 1e3; }
};

}  // namespace

std::unique_ptr<pool_contender> make_serial() { return std::make_unique<serial>(); }

}  // namespace weft::bench
