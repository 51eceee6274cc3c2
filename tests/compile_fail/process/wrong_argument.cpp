// expect: the function cannot be called with these arguments
#include <weft/process/process_pool_executor.hpp>

int work(int);

void misuse(weft::process_pool_executor& pool) { static_cast<void>(pool.submit(&work, "text")); }
