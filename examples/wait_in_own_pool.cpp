// A task may wait for tasks of its own pool: the waiter runs what has not started. What could never end is an error.
#include <weft/weft.hpp>

#include <cstdio>

int main() {
  int shown = 0;
  weft::event both_submitted;
  weft::future<int> first;  // before the pool: its tasks use them
  weft::future<int> second;
  weft::thread_pool_executor pool{{.max_workers = 1}};
  // [nested]
  auto outer = pool.submit([&] {
    auto inner = pool.submit([] { return 41; });
    return inner.result() + 1;  // the only worker waits here, and runs it
  });
  // [/nested]
  if (outer.result() == 42) ++shown;

  // [circle]
  weft::thread_pool_executor two{{.max_workers = 2}};
  first = two.submit({.name = "first"}, [&] { return both_submitted.wait(), second.result(); });
  second = two.submit({.name = "second"}, [&] { return both_submitted.wait(), first.result(); });
  both_submitted.set();
  try {
    first.result();
  } catch (const weft::would_deadlock& circle) {  // thrown in one task, and passed on by the other one
    std::printf("%s\n", circle.what());
    ++shown;
  }
  // [/circle]
  static_cast<void>(second.exception());
  return shown == 2 ? 0 : 1;
}
