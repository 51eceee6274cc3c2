// The same map on worker processes, and what a crash there costs: Python's ProcessPoolExecutor.
#include <weft/process/init.hpp>
#include <weft/process/process_pool_executor.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <vector>

using namespace std::chrono_literals;

namespace {

// Runs in a worker; plain functions and captureless lambdas cross, with their arguments copied.
long divisors(long n) {
  long found = 0;
  for (long d = 1; d <= n; ++d) found += n % d == 0 ? 1 : 0;
  return found;
}

// As the kernel does when memory runs out.
void die() { std::raise(SIGKILL); }

}  // namespace

// [map]
int main(int argc, char** argv) {
  weft::init(argc, argv);  // first: workers are forked from the program as it is here

  weft::process_pool_executor pool{{.max_workers = 2}};
  const std::vector<long> numbers{6, 28, 720720};
  long total = 0;
  for (auto count : pool.map(divisors, numbers, {.timeout = 30s})) {
    total += count;
  }
  // [/map]
  std::printf("%ld divisors\n", total);

  // [crash]
  weft::future<void> bad = pool.submit({.time_limit = 30s}, die);
  weft::future<long> good = pool.submit(divisors, 12);
  int signal = 0;
  try {
    bad.result(30s);
  } catch (const weft::terminated_worker& crash) {  // of this task; the pool has a new worker
    signal = crash.signal();
    std::printf("%s\n", crash.what());
  }
  total += good.result(30s);
  // [/crash]
  return total == 4 + 6 + 240 + 6 && signal == SIGKILL ? 0 : 1;
}
