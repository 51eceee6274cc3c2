// expect: a callable for another process takes the value; the future does not cross
#include <weft/process/process_pool_executor.hpp>

void use(weft::process_pool_executor& pool, const weft::future<int>& f) {
#ifdef WEFT_WRONG
  static_cast<void>(f.then(pool, [](const weft::future<int>&) {}));
#else
  static_cast<void>(f.then(pool, [](int) {}));
#endif
}
