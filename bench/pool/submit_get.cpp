// What it costs to hand over a trivial task and to wait for its value: weft's thread pool beside std::async and a
// plain call. Every answer is checked.
#include <weft/weft.hpp>

#include <benchmark/benchmark.h>

#include <future>
#include <vector>

namespace {

constexpr int batch = 1000;

int work(int n) { return n + 1; }

/// The batch of futures that `start` makes, read one by one.
template <class Start>
void submit_and_get(benchmark::State& state, Start start) {
  for (auto _ : state) {
    std::vector<decltype(start(0))> futures;
    futures.reserve(batch);
    for (int i = 0; i < batch; ++i) futures.push_back(start(i));
    long sum = 0;
    for (auto& future : futures) {
      if constexpr (requires { future.result(); }) {
        sum += future.result();
      } else {
        sum += future.get();
      }
    }
    if (sum != batch * (batch + 1L) / 2) state.SkipWithError("wrong sum");
  }
  state.SetItemsProcessed(state.iterations() * batch);
}

void serial(benchmark::State& state) {
  for (auto _ : state) {
    long sum = 0;
    for (int i = 0; i < batch; ++i) {
      int value = work(i);
      benchmark::DoNotOptimize(value);
      sum += value;
    }
    if (sum != batch * (batch + 1L) / 2) state.SkipWithError("wrong sum");
  }
  state.SetItemsProcessed(state.iterations() * batch);
}

void weft_thread_pool(benchmark::State& state) {
  weft::thread_pool_executor pool{{.max_workers = static_cast<std::size_t>(state.range(0))}};
  submit_and_get(state, [&](int n) { return pool.submit(work, n); });
}

void std_async(benchmark::State& state) {
  submit_and_get(state, [](int n) { return std::async(std::launch::async, work, n); });
}

BENCHMARK(serial)->UseRealTime();
BENCHMARK(weft_thread_pool)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(std_async)->UseRealTime();

}  // namespace
