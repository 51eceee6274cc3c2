// What a pool costs beside its speed: processor time a ping, memory a future, processor time while idle.
#include "common/report.hpp"
#include "pool/config.hpp"
#include "pool/extra.hpp"

#include <weft/weft.hpp>

#include <malloc.h>
#include <ctime>
#include <thread>

namespace weft::bench {
namespace {

double cpu_seconds() {
  ::timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

int ping(thread_pool_executor& pool, int times, waiter who) {
  int value = 0;
  for (int i = 0; i < times; ++i) value = pool.submit(trivial, value).result({}, who);
  return value;
}

double allocated_bytes() {
  const auto info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

}  // namespace

double ping_may_run() {
  thread_pool_executor pool{{.max_workers = workers}};
  ping(pool, 100, waiter::may_run_it);
  const double took = seconds([&] { check(ping(pool, pings, waiter::may_run_it) == pings, "ping"); });
  return took * 1e6 / pings;
}

double ping_cpu() {
  thread_pool_executor pool{{.max_workers = workers}};
  ping(pool, 100, waiter::only_waits);
  const double before = cpu_seconds();
  check(ping(pool, pings, waiter::only_waits) == pings, "ping");
  return (cpu_seconds() - before) * 1e6 / pings;
}

double bytes_a_future() {
  constexpr int pending = 100'000;
  thread_pool_executor pool{{.max_workers = 1}};
  event go;
  auto busy = pool.submit([&] { go.wait(); });
  while (!busy.running()) std::this_thread::yield();
  std::vector<future<int>> futures;
  futures.reserve(pending);
  const double before = allocated_bytes();
  for (int i = 0; i < pending; ++i) futures.push_back(pool.submit(trivial, i));
  const double bytes = (allocated_bytes() - before) / pending + sizeof(future<int>);
  go.set();
  std::int64_t sum = 0;
  for (auto& each : futures) sum += each.result();
  check(sum == std::int64_t{pending} * (pending + 1) / 2, "pending");
  return bytes;
}

double idle_cpu() {
  using namespace std::chrono_literals;
  thread_pool_executor pool{{.max_workers = workers}};
  for (std::size_t i = 0; i < 100; ++i) pool.submit([] {}).wait();
  std::this_thread::sleep_for(10ms);
  const double before = cpu_seconds();
  std::this_thread::sleep_for(200ms);
  return (cpu_seconds() - before) * 1e6;
}

double submit_get_python() {
  const auto figure = number_from({"python3", WEFT_BENCH_FOLDER "/pool/python.py", "100000", std::to_string(workers)});
  if (!figure) throw std::runtime_error("python3 did not run");
  return *figure;
}

}  // namespace weft::bench
