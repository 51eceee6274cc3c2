// expect: a coroutine cannot be resumed in another process
#include <weft/future/coroutine.hpp>
#include <weft/pool/thread_pool_executor.hpp>
#include <weft/process/process_pool_executor.hpp>

#ifdef WEFT_WRONG
using executor = weft::process_pool_executor;
#else
using executor = weft::thread_pool_executor;
#endif

void use(executor& pool, const weft::future<int>& f) {
  static_cast<void>(weft::resume_on(pool, f));
  static_cast<void>(weft::schedule(pool));
}
