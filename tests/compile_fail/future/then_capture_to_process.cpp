// expect: a callable with captures cannot cross to another process
#include <weft/process/process_pool_executor.hpp>

void use(weft::process_pool_executor& pool, const weft::future<int>& f) {
  const int n = 1;
#ifdef WEFT_WRONG
  static_cast<void>(f.then(pool, [n](int x) { return x + n; }));
#else
  static_cast<void>(f.then([n](int x) { return x + n; }).then(pool, [](int x) { return x; }));
#endif
}
