// A queue with a bound: who submits faster than the workers work is told.
#include <weft/weft.hpp>

#include <cstdio>

int main() {
  weft::event started;
  weft::event may_end;
  int refused = 0;
  // [bounded]
  weft::thread_pool_executor pool{{.max_workers = 1, .max_queued = 1, .on_full = weft::when_full::refuse}};
  auto runs = pool.submit([&] {
    started.set();
    may_end.wait();
  });
  started.wait();  // it has left the queue
  auto queued = pool.submit([] { return 1; });
  try {
    pool.post([] {});
  } catch (const weft::queue_full& full) {
    std::printf("%s\n", full.what());
    ++refused;
  }
  // [/bounded]
  may_end.set();
  runs.result();
  return queued.result() == 1 && refused == 1 ? 0 : 1;
}
