// expect: the callable cannot be called with the items of these ranges, passed as values
#include <weft/pool/thread_pool_executor.hpp>

#include <string>
#include <vector>

int length(const std::string&);
int square(int);

void use(weft::thread_pool_executor& pool) {
  const std::vector<int> items{1, 2};
#ifdef WEFT_WRONG
  static_cast<void>(pool.map_unordered(length, items));
#else
  static_cast<void>(pool.map_unordered(square, items));
#endif
}
