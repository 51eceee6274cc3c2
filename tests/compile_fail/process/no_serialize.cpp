// expect: this type has no serialize function for cereal, no weft::codec and no weft::enable_transfer
#include <weft/process/process_pool_executor.hpp>

struct opaque {
  std::string text;
};
int work(const opaque&);

void misuse(weft::process_pool_executor& pool) { static_cast<void>(pool.submit(&work, opaque{})); }
