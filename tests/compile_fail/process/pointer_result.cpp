// expect: the result cannot cross to another process
#include <weft/process/process_pool_executor.hpp>

const char* work();
std::string right();

void use(weft::process_pool_executor& pool) {
#ifdef WEFT_WRONG
  static_cast<void>(pool.submit(&work));
#else
  static_cast<void>(pool.submit(&right));
#endif
}
