// Results as they arrive, whatever the order of submission: Python's as_completed.
#include <weft/weft.hpp>

#include <chrono>
#include <cstdio>
#include <vector>

using namespace std::chrono_literals;

int main() {
  weft::event first_may_end;
  weft::thread_pool_executor pool{{.max_workers = 4}};
  std::vector<int> order;
  // [as_completed]
  std::vector<weft::future<int>> futures;
  futures.push_back(pool.submit([&] { return first_may_end.wait(), 1; }));
  futures.push_back(pool.submit([] { return 2; }));
  for (auto& done : weft::as_completed(futures, 10s)) {
    order.push_back(done.result());
    first_may_end.set();  // the first one waits until another one is in
  }
  // [/as_completed]
  for (const int value : order) std::printf("%d\n", value);
  return order == std::vector{2, 1} ? 0 : 1;
}
