// expect: a pointer means nothing in another process
#include <weft/process/process_pool_executor.hpp>

int work(const std::map<int, std::vector<int*>>&);

void misuse(weft::process_pool_executor& pool) { static_cast<void>(pool.submit(&work, std::map<int, std::vector<int*>>{})); }
