#include "contract/executor_contract.hpp"
#include "contract/many_contract.hpp"
#include "contract/then_contract.hpp"
#include "contract/unordered_contract.hpp"

#include <weft/pool/thread_pool_executor.hpp>

namespace weft::test {

struct threads {
  using executor_type = thread_pool_executor;
  static std::unique_ptr<executor_type> make(std::size_t workers) {
    return std::make_unique<executor_type>(thread_pool_options{.max_workers = workers});
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Threads, ExecutorContract, threads);
INSTANTIATE_TYPED_TEST_SUITE_P(Threads, ManyContract, threads);
INSTANTIATE_TYPED_TEST_SUITE_P(Threads, UnorderedContract, threads);
INSTANTIATE_TYPED_TEST_SUITE_P(Threads, ThenContract, threads);

}  // namespace weft::test
