// expect: the function cannot be called with these arguments
#include <weft/process/process_pool_executor.hpp>

int work(int);

void use(weft::process_pool_executor& pool) {
#ifdef WEFT_WRONG
  static_cast<void>(pool.submit(&work, "text"));
#else
  static_cast<void>(pool.submit(&work, 1));
#endif
}
