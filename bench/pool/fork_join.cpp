// fib(30) by task groups: one spawn and one call each step, the same code for both.
#include "common/report.hpp"
#include "pool/config.hpp"
#include "pool/extra.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <weft/weft.hpp>

namespace weft::bench {
namespace {

template <class Group>
std::int64_t fib(int n) {
  if (n < 2) return n;
  std::int64_t a = 0;
  Group group;
  group.run([&a, n] { a = fib<Group>(n - 1); });
  const std::int64_t b = fib<Group>(n - 2);
  group.wait();
  return a + b;
}

template <class Run>
double measured(Run&& run) {
  std::int64_t answer = 0;
  const double took = seconds([&] { answer = run(); });
  check(answer == fib_answer, "fib");
  return took * 1e9 / fib_spawns;
}

}  // namespace

double fork_join_weft() {
  thread_pool_executor pool{{.max_workers = workers}};
  pool.submit(fib<task_group>, 10).result();
  return measured([&] { return pool.submit(fib<task_group>, fib_n).result(); });
}

double fork_join_tbb() {
  const oneapi::tbb::global_control threads(oneapi::tbb::global_control::max_allowed_parallelism, workers);
  oneapi::tbb::task_arena arena(workers);
  arena.execute([] { fib<oneapi::tbb::task_group>(10); });
  return measured([&] { return arena.execute([] { return fib<oneapi::tbb::task_group>(fib_n); }); });
}

}  // namespace weft::bench
