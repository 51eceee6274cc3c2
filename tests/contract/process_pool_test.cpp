#include "contract/executor_contract.hpp"
#include "contract/many_contract.hpp"
#include "contract/then_contract.hpp"
#include "contract/unordered_contract.hpp"

#include <weft/pool/thread_pool_executor.hpp>
#include <weft/process/init.hpp>
#include <weft/process/process_pool_executor.hpp>

#include <unistd.h>
#include <csignal>

namespace weft::test {

struct processes {
  using executor_type = process_pool_executor;
  static std::unique_ptr<executor_type> make(std::size_t workers) {
    return std::make_unique<executor_type>(process_pool_options{.max_workers = workers});
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Processes, ExecutorContract, processes);
INSTANTIATE_TYPED_TEST_SUITE_P(Processes, ManyContract, processes);
INSTANTIATE_TYPED_TEST_SUITE_P(Processes, UnorderedContract, processes);
INSTANTIATE_TYPED_TEST_SUITE_P(Processes, ThenContract, processes);

TEST(ThenAcrossProcesses, ACrashIsTheResultsError) {
  process_pool_executor pool{{.max_workers = 1}};
  promise<int> p;
  const auto crashed = p.get_future().then(pool, [](int signal) { std::raise(signal); });
  p.set_value(SIGKILL);
  EXPECT_THROW(crashed.result(plenty), terminated_worker);
}

TEST(ThenAcrossProcesses, ThreadsAndProcessesMayTakeTurns) {
  thread_pool_executor threads{{.max_workers = 1}};
  process_pool_executor processes{{.max_workers = 1}};
  const auto here = ::getpid();
  const auto pids = threads.submit([] { return std::vector{::getpid()}; })
                        .then(processes,
                              [](std::vector<int> seen) {
                                seen.push_back(::getpid());
                                return seen;
                              })
                        .then(threads, [](std::vector<int> seen) {
                          seen.push_back(::getpid());
                          return seen;
                        });
  const auto& seen = pids.result(plenty);
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0], here);
  EXPECT_NE(seen[1], here);
  EXPECT_EQ(seen[2], here);
}

// A callback of a process pool's future runs on the thread that ends its futures: one that waits there for what a
// future of that pool leads to would wait for itself.
TEST(ThenAcrossProcesses, ACallbackThatWaitsForAContinuationOfItsOwnPoolIsTold) {
  process_pool_executor pool{{.max_workers = 1}};
  gate g;
  auto first = pool.submit(pass, g.path(), 1);
  const auto told = first.then([&](int) { pool.submit(square, 2).then([](int x) { return x; }).result(plenty); });
  ASSERT_TRUE(g.wait_for_arrivals());
  g.open();
  EXPECT_THROW(told.result(plenty), would_deadlock);
}

}  // namespace weft::test

int main(int argc, char** argv) {
  weft::init(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
