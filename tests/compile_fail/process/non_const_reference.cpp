// expect: parameter 2 is a non-const reference
#include <weft/process/process_pool_executor.hpp>

void work(int, std::vector<int>&);
void right(int, const std::vector<int>&);

void use(weft::process_pool_executor& pool, std::vector<int>& v) {
#ifdef WEFT_WRONG
  static_cast<void>(pool.submit(&work, 1, v));
#else
  static_cast<void>(pool.submit(&right, 1, v));
#endif
}
