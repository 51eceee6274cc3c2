// ./dev bench pool: ours beside serial, std::async, Boost.Asio and oneTBB, interleaved in one run.
#include "common/report.hpp"
#include "pool/config.hpp"

#include <weft/base/cpu_count.hpp>

#include <map>

namespace weft::bench {
namespace {

using method = double (pool_contender::*)();

struct field {
  std::unique_ptr<pool_contender> weft = make_weft();
  std::unique_ptr<pool_contender> asio = make_asio();
  std::unique_ptr<pool_contender> tbb = make_tbb();
  std::unique_ptr<pool_contender> async = make_std_async();
  std::unique_ptr<pool_contender> serial = make_serial();

  std::vector<contender> all(method what) {
    const auto bound = [what](pool_contender& who) { return [what, &who] { return (who.*what)(); }; };
    return {{"weft", bound(*weft)},
            {"Boost.Asio thread_pool", bound(*asio)},
            {"oneTBB task_arena", bound(*tbb)},
            {"std::async", bound(*async), 3},
            {"serial", bound(*serial)}};
  }
};

std::vector<workload> workloads(field& f) {
  const std::string asio = "Boost.Asio thread_pool";
  return {{.name = "submit + get, 1e6 trivial tasks",
           .unit = "ns a task",
           .contenders = f.all(&pool_contender::submit_get),
           .goals = {{asio, 0.20, 0.10}}},
          {.name = "detached, 1e6",
           .unit = "ns a task",
           .contenders = f.all(&pool_contender::detached),
           .goals = {{asio, 0.43, 0.25}}},
          {.name = "two external producers",
           .unit = "ns a task",
           .contenders = f.all(&pool_contender::two_producers),
           .goals = {{asio, 0.40, 0.24}}},
          {.name = "ping with a real hop",
           .unit = "us a ping",
           .contenders = f.all(&pool_contender::ping_hop),
           .goals = {{asio, 0.15, 0.05}}}};
}

}  // namespace
}  // namespace weft::bench

int main(int argc, char** argv) {
  const auto how = weft::bench::parse(argc, argv);
  weft::bench::field field;
  weft::bench::run("thread pools, 2 workers", weft::bench::workloads(field), how);
}
