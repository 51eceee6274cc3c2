// expect: a view refers to memory of this process
#include <weft/process/process_pool_executor.hpp>

int work(std::span<const int>);

void misuse(weft::process_pool_executor& pool, std::span<const int> s) { static_cast<void>(pool.submit(&work, s)); }
