// expect: parameter 2 is a non-const reference
#include <weft/process/process_pool_executor.hpp>

void work(int, std::vector<int>&);

void misuse(weft::process_pool_executor& pool, std::vector<int>& v) { static_cast<void>(pool.submit(&work, 1, v)); }
