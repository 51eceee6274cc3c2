// cancel() takes back what has not started; a task that runs is asked to stop, and answers when it can.
#include <weft/weft.hpp>

#include <cstdio>
#include <stop_token>

int main() {
  weft::event started;
  weft::thread_pool_executor pool{{.max_workers = 1}};
  // [computes]
  auto computes = pool.submit([&] {
    started.set();
    long steps = 0;
    while (!weft::this_task::stop_requested()) ++steps;
    return steps;
  });
  auto waits_its_turn = pool.submit([] { return 1; });
  started.wait();
  const bool taken_back = waits_its_turn.cancel();  // it had not started
  const bool too_late = !computes.cancel();         // it runs
  computes.request_stop();
  // [/computes]
  std::printf("stopped after %ld steps\n", computes.result());

  // [waits]
  auto waits = pool.submit([] {
    weft::event stop;
    const std::stop_callback on_stop(weft::this_task::stop_token(), [&] { stop.set(); });
    stop.wait();
    return true;
  });
  pool.shutdown(weft::wait_for::tasks, weft::pending::run, weft::running::request_stop);
  // [/waits]
  return taken_back && too_late && waits.result() ? 0 : 1;
}
