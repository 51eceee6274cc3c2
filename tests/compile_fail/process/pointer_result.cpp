// expect: the result cannot cross to another process
#include <weft/process/process_pool_executor.hpp>

const char* work();

void misuse(weft::process_pool_executor& pool) { static_cast<void>(pool.submit(&work)); }
