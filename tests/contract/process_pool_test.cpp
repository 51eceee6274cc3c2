#include "contract/executor_contract.hpp"
#include "contract/many_contract.hpp"

#include <weft/process/init.hpp>
#include <weft/process/process_pool_executor.hpp>

namespace weft::test {

struct processes {
  using executor_type = process_pool_executor;
  static std::unique_ptr<executor_type> make(std::size_t workers) {
    return std::make_unique<executor_type>(process_pool_options{.max_workers = workers});
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Processes, ExecutorContract, processes);
INSTANTIATE_TYPED_TEST_SUITE_P(Processes, ManyContract, processes);

}  // namespace weft::test

int main(int argc, char** argv) {
  weft::init(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
