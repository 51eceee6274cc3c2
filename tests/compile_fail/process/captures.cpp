// expect: a callable with captures cannot cross to another process
#include <weft/process/process_pool_executor.hpp>

void misuse(weft::process_pool_executor& pool, int n) { static_cast<void>(pool.submit([n] { return n; })); }
