// expect: ownership cannot be shared with another process
#include <weft/process/process_pool_executor.hpp>

int work(std::shared_ptr<int>);

void misuse(weft::process_pool_executor& pool) { static_cast<void>(pool.submit(&work, std::make_shared<int>(1))); }
