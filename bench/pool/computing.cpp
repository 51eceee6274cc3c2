// Work that computes: how close two workers come to twice the speed of one thread.
#include "common/report.hpp"
#include "pool/config.hpp"
#include "pool/extra.hpp"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_reduce.h>
#include <weft/weft.hpp>

#include <numeric>
#include <random>

namespace weft::bench {
namespace {

constexpr std::size_t summands = 10'000'000;
constexpr std::size_t chunk = 100'000;
constexpr int map_tasks = 100'000;
constexpr int uneven_tasks = 10'000;

const std::vector<double>& numbers() {
  static const std::vector<double> all(summands, 0.5);
  return all;
}

double sum_of(const double* first, const double* last) { return std::accumulate(first, last, 0.0); }

// Computes for about so long on this machine when nothing else runs: rounds of a generator, counted once.
double rounds_a_microsecond() {
  static const double rate = [] {
    std::uint64_t x = 1;
    const double took = seconds([&] {
      for (int i = 0; i < 20'000'000; ++i) x = x * 6364136223846793005U + 1442695040888963407U;
    });
    check(x != 0, "rounds");
    return 20.0 / took;
  }();
  return rate;
}
std::uint64_t compute(int microseconds) {
  std::uint64_t x = static_cast<std::uint64_t>(microseconds);
  const auto rounds = static_cast<std::int64_t>(microseconds * rounds_a_microsecond());
  for (std::int64_t i = 0; i < rounds; ++i) x = x * 6364136223846793005U + 1442695040888963407U;
  return x;
}

std::vector<int> uneven_durations() {
  std::mt19937 random(42);
  std::uniform_int_distribution<int> between(1, 1000);
  std::vector<int> all(uneven_tasks);
  for (int& each : all) each = between(random);
  return all;
}

// Serial and parallel next to each other, so that the machine is the same for both.
template <class Serial, class Parallel>
double speed_up(const char* what, Serial&& serial, Parallel&& parallel) {
  decltype(serial()) expected{};
  decltype(serial()) got{};
  const double alone = seconds([&] { expected = serial(); });
  const double together = seconds([&] { got = parallel(); });
  check(expected == got, what);
  return alone / together;
}

double serial_sum() {
  double total = 0;
  for (std::size_t at = 0; at < summands; at += chunk) total += sum_of(&numbers()[at], &numbers()[at] + chunk);
  return total;
}

template <class Parallel>
double uneven(Parallel&& parallel) {
  const std::vector<int> durations = uneven_durations();
  rounds_a_microsecond();
  const auto serial = [&] {
    std::uint64_t total = 0;
    for (const int each : durations) total += compute(each);
    return total;
  };
  return speed_up("uneven", serial, [&] { return parallel(durations); }) / workers;
}

}  // namespace

double reduce_weft() {
  thread_pool_executor pool{{.max_workers = workers}};
  for (std::size_t i = 0; i < workers; ++i) pool.submit([] {}).wait();
  serial_sum();
  return speed_up("reduce", serial_sum, [&] {
    std::vector<future<double>> parts;
    for (std::size_t at = 0; at < summands; at += chunk) {
      parts.push_back(pool.submit(sum_of, &numbers()[at], &numbers()[at] + chunk));
    }
    double total = 0;
    // As in the peer, the thread that waits takes part.
    for (auto& part : parts) total += part.result({}, waiter::may_run_it);
    return total;
  });
}

double reduce_tbb() {
  const oneapi::tbb::global_control threads(oneapi::tbb::global_control::max_allowed_parallelism, workers);
  serial_sum();
  return speed_up("reduce", serial_sum, [] {
    return oneapi::tbb::parallel_reduce(
        oneapi::tbb::blocked_range<std::size_t>(0, summands, chunk), 0.0,
        [](const auto& range, double total) {
          return total + sum_of(&numbers()[range.begin()], &numbers()[range.begin()] + range.size());
        },
        std::plus<>());
  });
}

double ordered_map_weft() {
  thread_pool_executor pool{{.max_workers = workers}};
  rounds_a_microsecond();
  const auto item = [](int i) { return compute(10) + static_cast<std::uint64_t>(i); };
  const auto serial = [&] {
    std::uint64_t total = 0;
    for (int i = 0; i < map_tasks; ++i) total = total * 31 + item(i);
    return total;
  };
  return speed_up("ordered map", serial, [&] {
    std::uint64_t total = 0;
    std::vector<int> items(map_tasks);
    std::iota(items.begin(), items.end(), 0);
    for (const std::uint64_t each : pool.map(item, items)) total = total * 31 + each;
    return total;
  });
}

double uneven_weft() {
  thread_pool_executor pool{{.max_workers = workers}};
  return uneven([&](const std::vector<int>& durations) {
    std::uint64_t total = 0;
    for (const std::uint64_t each : pool.map(compute, durations)) total += each;
    return total;
  });
}

double uneven_tbb() {
  const oneapi::tbb::global_control threads(oneapi::tbb::global_control::max_allowed_parallelism, workers);
  return uneven([](const std::vector<int>& durations) {
    std::vector<std::uint64_t> results(durations.size());
    oneapi::tbb::parallel_for(std::size_t{0}, durations.size(),
                              [&](std::size_t i) { results[i] = compute(durations[i]); });
    return std::accumulate(results.begin(), results.end(), std::uint64_t{0});
  });
}

}  // namespace weft::bench
