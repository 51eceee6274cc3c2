// ./dev bench pool: ours beside serial, std::async, Boost.Asio, oneTBB and Python's ThreadPoolExecutor, interleaved in
// one run.
#include "common/report.hpp"
#include "pool/config.hpp"
#include "pool/extra.hpp"

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

std::vector<contender> with_python(std::vector<contender> contenders) {
  contenders.push_back({"Python ThreadPoolExecutor", submit_get_python, 3});
  return contenders;
}

std::vector<workload> workloads(field& f) {
  const std::string asio = "Boost.Asio thread_pool";
  return {{.name = "submit + get, 1e6 trivial tasks",
           .unit = "ns a task",
           .contenders = with_python(f.all(&pool_contender::submit_get)),
           .goals = {{asio, 0.20, 0.10}, {"Python ThreadPoolExecutor", 0.02, 0.01}}},
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
           .goals = {{asio, 0.15, 0.05}}},
          {.name = "ping with a real hop, processor time",
           .unit = "us a ping",
           .contenders = {{"weft", ping_cpu}},
           .goals = {{"", 20, 2}}},
          {.name = "ping where the waiter may run the task",
           .unit = "us a ping",
           .contenders = {{"weft", ping_may_run}},
           .goals = {{"", 0.5, 0.25}}},
          {.name = "task group, fib(30)",
           .unit = "ns a spawn",
           .contenders = {{"weft", fork_join_weft}, {"oneTBB task_group", fork_join_tbb}},
           .goals = {{"oneTBB task_group", 0.95, 0.6}}},
          {.name = "reduce 1e7 doubles",
           .unit = "speed-up",
           .larger_is_better = true,
           .contenders = {{"weft", reduce_weft}, {"oneTBB parallel_reduce", reduce_tbb}},
           .goals = {{"", 1.9, 1.97}}},
          {.name = "ordered map of 1e5 tasks of 10 us",
           .unit = "speed-up",
           .larger_is_better = true,
           .contenders = {{"weft", ordered_map_weft}},
           .goals = {{"", 1.8, 1.9}}},
          {.name = "10,000 uneven tasks of 1 to 1,000 us",
           .unit = "efficiency",
           .larger_is_better = true,
           .contenders = {{"weft", uneven_weft, 3}, {"oneTBB parallel_for", uneven_tbb, 3}},
           .goals = {{"", 0.93, 0.96}}},
          {.name = "memory a pending future",
           .unit = "bytes, handle included",
           .contenders = {{"weft", bytes_a_future}},
           .goals = {{"", 112, 96}}},
          {.name = "idle pool, 200 ms from 10 ms after its last task",
           .unit = "us of processor time",
           .contenders = {{"weft", idle_cpu}},
           .goals = {{"", 200, 100}}}};
}

}  // namespace
}  // namespace weft::bench

int main(int argc, char** argv) {
  const auto how = weft::bench::parse(argc, argv);
  weft::bench::field field;
  weft::bench::run("thread pools, 2 workers", weft::bench::workloads(field), how);
}
