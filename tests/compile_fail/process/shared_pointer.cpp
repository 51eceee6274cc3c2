// expect: ownership cannot be shared with another process
#include <weft/process/process_pool_executor.hpp>

int work(std::shared_ptr<int>);

void use(weft::process_pool_executor& pool) {
#ifdef WEFT_WRONG
  static_cast<void>(pool.submit(&work, std::make_shared<int>(1)));
#else
  static_cast<void>(pool.submit(&work, std::make_unique<int>(1)));
#endif
}
