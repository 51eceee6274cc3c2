// What every contender of the thread pool benchmarks runs: the same work, the same sizes, the same answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace weft::bench {

inline constexpr std::size_t workers = 2;
inline constexpr int trivial_tasks = 1'000'000;
inline constexpr int pings = 5'000;
inline constexpr int fib_n = 30;
inline constexpr std::int64_t fib_answer = 832'040;
inline constexpr std::int64_t fib_spawns = 1'346'268;  // calls of fib(n >= 2) below fib(30), one spawn each

/// The trivial task: too small for any pool, so that what is measured is the pool.
inline int trivial(int x) { return x + 1; }
inline constexpr std::int64_t trivial_sum = std::int64_t{trivial_tasks} * (trivial_tasks - 1) / 2 + trivial_tasks;

/// One pool under measurement. Every member throws where the answer is wrong.
/// Figures: nanoseconds a task, but microseconds for the pings.
class pool_contender {
 public:
  virtual ~pool_contender() = default;
  virtual double submit_get() = 0;     // submit 1e6, then read every result
  virtual double detached() = 0;       // 1e6 without a result, counted
  virtual double two_producers() = 0;  // as detached, from two outside threads
  virtual double ping_hop() = 0;       // submit, wait, repeat; the task runs on another thread
};

std::unique_ptr<pool_contender> make_weft();
std::unique_ptr<pool_contender> make_asio();
std::unique_ptr<pool_contender> make_tbb();
std::unique_ptr<pool_contender> make_std_async();
std::unique_ptr<pool_contender> make_serial();

}  // namespace weft::bench
