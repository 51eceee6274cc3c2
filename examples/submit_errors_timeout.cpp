// A future gives the value, throws the task's own exception, or times out; a timeout cancels nothing.
#include <weft/weft.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>

using namespace std::chrono_literals;

namespace {

double divide(double a, double b) {
  if (b == 0) throw std::domain_error("division by zero");
  return a / b;
}

}  // namespace

int main() {
  weft::event may_end;  // declared before the pool: the pool's last task still uses it
  weft::thread_pool_executor pool{{.max_workers = 2}};
  int shown = 0;
  // [submit]
  weft::future<double> good = pool.submit(divide, 1.0, 4.0);
  weft::future<double> bad = pool.submit(divide, 1.0, 0.0);
  std::printf("%g\n", good.result(1s));
  try {
    bad.result(1s);
  } catch (const std::domain_error& problem) {  // the type that the task threw
    std::printf("failed: %s\n", problem.what());
    ++shown;
  }
  // [/submit]

  // [timeout]
  auto slow = pool.submit([&] { may_end.wait(); });
  try {
    slow.result(10ms);
  } catch (const weft::timeout_error&) {  // the wait is over, the task goes on
    std::printf("still running: %s\n", slow.done() ? "no" : "yes");
    ++shown;
  }
  // [/timeout]
  may_end.set();
  slow.result();
  return shown == 2 && slow.done() ? 0 : 1;
}
