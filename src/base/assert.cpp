#include <weft/base/assert.hpp>

#include <cstdio>
#include <cstdlib>

namespace weft::detail {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "weft: internal invariant broken: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace weft::detail
