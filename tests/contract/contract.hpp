// What every executor promises, as suites over the concept: instantiated for threads and for processes.
// One task at a time stands in executor_contract.hpp, many at once in many_contract.hpp.
// Tasks are plain functions and captureless lambdas, and everything they need is an argument, so that each test is
// the same for an executor that crosses a process boundary. Test names carry the ids of the conformance list.
//
// A `Traits` type gives: `using executor_type`, `static std::unique_ptr<executor_type> make(std::size_t workers)`.
#pragma once

#include "support/gate.hpp"

#include <weft/base/error.hpp>
#include <weft/future/as_completed.hpp>
#include <weft/future/executor.hpp>
#include <weft/future/map.hpp>
#include <weft/future/wait.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <numeric>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace weft::test {

using namespace std::chrono_literals;

inline constexpr auto plenty = 30s;  // a hang is a failure long before the test's own limit

inline int square(int x) { return x * x; }
inline int add(int a, int b) { return a + b; }
inline int add3(int a, int b, int c) { return a + b + c; }
inline int throw_if_odd(int x) {
  if (x % 2 == 1) throw std::invalid_argument("odd: " + std::to_string(x));
  return x;
}
inline void nothing() {}
inline void nothing_of(int) {}
inline int throw_timeout_error(int) { throw timeout_error("thrown by the task"); }
inline int throw_cancelled_error() { throw cancelled_error("thrown by the task"); }

template <class Traits>
class ExecutorFixture : public ::testing::Test {
 protected:
  using executor_type = typename Traits::executor_type;
  static std::unique_ptr<executor_type> make(std::size_t workers = 2) { return Traits::make(workers); }

  /// Fills every worker with a task at the gate.
  static std::vector<future<int>> occupy(executor_type& pool, gate& g, std::size_t workers) {
    std::vector<future<int>> busy;
    for (std::size_t i = 0; i < workers; ++i) busy.push_back(pool.submit(pass, g.path(), 0));
    EXPECT_TRUE(g.wait_for_arrivals(workers));
    return busy;
  }
};

}  // namespace weft::test
