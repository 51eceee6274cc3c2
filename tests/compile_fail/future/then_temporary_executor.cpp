// expect: the executor must outlive the source, and a temporary does not
#include <weft/pool/thread_pool_executor.hpp>

void use(const weft::future<int>& f) {
#ifdef WEFT_WRONG
  static_cast<void>(f.then(weft::thread_pool_executor(), [](int) {}));
#else
  weft::thread_pool_executor pool;
  static_cast<void>(f.then(pool, [](int) {}));
#endif
}
