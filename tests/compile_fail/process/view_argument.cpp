// expect: argument 1 cannot cross to another process
#include <weft/process/process_pool_executor.hpp>

int work(std::string_view);

void misuse(weft::process_pool_executor& pool, std::string_view s) { static_cast<void>(pool.submit(&work, s)); }
