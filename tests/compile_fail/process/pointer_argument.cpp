// expect: argument 2 cannot cross to another process
#include <weft/process/process_pool_executor.hpp>

int work(int, const int*);
int right(int, const std::vector<int>&);

void use(weft::process_pool_executor& pool, [[maybe_unused]] int* p) {
#ifdef WEFT_WRONG
  static_cast<void>(pool.submit(&work, 1, p));
#else
  static_cast<void>(pool.submit(&right, 1, std::vector<int>{2}));
#endif
}
