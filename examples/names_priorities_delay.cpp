// What one task can be told when it is submitted: a name, a priority, a delay.
#include <weft/weft.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

using namespace std::chrono_literals;

int main() {
  weft::event may_begin;
  std::vector<std::string> order;
  weft::thread_pool_executor pool{{.max_workers = 1}};
  pool.post([&] { may_begin.wait(); });  // keeps the only worker, so that the others meet in the queue
  // [options]
  const auto note = [&] { order.push_back(weft::this_task::name()); };
  const auto submitted = std::chrono::steady_clock::now();
  auto idle = pool.submit({.name = "idle", .priority = -1}, note);
  auto plain = pool.submit({.name = "plain"}, note);
  auto urgent = pool.submit({.name = "urgent", .priority = 1}, note);
  auto later = pool.submit({.name = "later", .delay = 50ms}, [] { return std::chrono::steady_clock::now(); });
  // [/options]
  std::printf("%s\n", urgent.describe().c_str());
  may_begin.set();
  weft::wait(std::vector{idle, plain, urgent});
  for (const auto& name : order) std::printf("%s\n", name.c_str());
  const bool in_order = order == std::vector<std::string>{"urgent", "plain", "idle"};
  return in_order && later.result() - submitted >= 50ms ? 0 : 1;
}
