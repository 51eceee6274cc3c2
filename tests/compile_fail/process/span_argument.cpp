// expect: a view refers to memory of this process
#include <weft/process/process_pool_executor.hpp>

int work(std::span<const int>);

void use(weft::process_pool_executor& pool, std::span<const int> s) {
#ifdef WEFT_WRONG
  static_cast<void>(pool.submit(&work, s));
#else
  static_cast<void>(pool.submit(&work, std::vector<int>(s.begin(), s.end())));
#endif
}
