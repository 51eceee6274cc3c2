// Coroutines that await futures: straight-line code without a thread that waits.
#include <weft/weft.hpp>

#include <chrono>
#include <coroutine>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>

using namespace std::chrono_literals;

namespace {

/// The smallest coroutine type: it starts at once and nobody waits for it. Bring your own; any will do.
struct detached {
  struct promise_type {
    static detached get_return_object() noexcept { return {}; }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_never final_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    static void unhandled_exception() noexcept { std::terminate(); }
  };
};

struct report {
  int sum = 0;
  bool caught = false;
  bool on_pool = false;
};

// [await]
detached compute(weft::thread_pool_executor& pool, weft::promise<report> done) {
  report r;
  r.sum += co_await pool.submit([] { return 20; });  // goes on in the worker that ended the task
  r.sum += co_await pool.submit([] { return 22; });
  try {
    co_await pool.submit([] { throw std::runtime_error("no"); });
  } catch (const std::runtime_error&) {  // errors and cancellations are thrown, as by result()
    r.caught = true;
  }
  weft::promise<int> elsewhere;
  weft::future<int> answer = elsewhere.get_future();
  std::jthread producer([&] { elsewhere.set_value(0); });
  r.sum += co_await weft::resume_on(pool, answer);  // ended by the producer, goes on in the pool
  r.on_pool = std::this_thread::get_id() != producer.get_id();
  done.set_value(r);
}
// [/await]

}  // namespace

int main() {
  weft::thread_pool_executor pool{{.max_workers = 2}};
  weft::promise<report> done;
  weft::future<report> result = done.get_future();
  compute(pool, std::move(done));
  const report& r = result.result(10s);
  std::printf("%d\n", r.sum);
  return r.sum == 42 && r.caught && r.on_pool ? 0 : 1;
}
