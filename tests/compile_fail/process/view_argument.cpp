// expect: argument 1 cannot cross to another process
#include <weft/process/process_pool_executor.hpp>

int work(std::string_view);

void use(weft::process_pool_executor& pool, std::string_view s) {
#ifdef WEFT_WRONG
  static_cast<void>(pool.submit(&work, s));
#else
  static_cast<void>(pool.submit(&work, std::string(s)));
#endif
}
