// expect: argument 2 cannot cross to another process
#include <weft/process/process_pool_executor.hpp>

int work(int, const int*);

void misuse(weft::process_pool_executor& pool, int* p) { static_cast<void>(pool.submit(&work, 1, p)); }
