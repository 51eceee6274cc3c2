// expect: a pointer means nothing in another process
#include <weft/process/process_pool_executor.hpp>

int work(const std::map<int, std::vector<int*>>&);
int right(const std::map<int, std::vector<int>>&);

void use(weft::process_pool_executor& pool) {
#ifdef WEFT_WRONG
  static_cast<void>(pool.submit(&work, std::map<int, std::vector<int*>>{}));
#else
  static_cast<void>(pool.submit(&right, std::map<int, std::vector<int>>{}));
#endif
}
