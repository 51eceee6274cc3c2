// expect: a callable with captures cannot cross to another process
#include <weft/process/process_pool_executor.hpp>

void use(weft::process_pool_executor& pool, [[maybe_unused]] int n) {
#ifdef WEFT_WRONG
  static_cast<void>(pool.submit([n] { return n; }));
#else
  static_cast<void>(pool.submit([](int m) { return m; }, n));
#endif
}
