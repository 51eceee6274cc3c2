// expect: the callable cannot be called with copies of these arguments
#include <weft/pool/thread_pool_executor.hpp>

void add_one(int&);

void use(weft::thread_pool_executor& pool) {
  int n = 1;
#ifdef WEFT_WRONG
  static_cast<void>(pool.submit(add_one, n));
#else
  static_cast<void>(pool.submit(add_one, std::ref(n)));
#endif
}
