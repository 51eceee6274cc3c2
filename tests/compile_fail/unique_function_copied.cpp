// A unique_function holds what may be move-only, so it is not copied.
#include <weft/base/unique_function.hpp>

#include <utility>

int main() {
  weft::unique_function<int()> one = [] { return 0; };
#ifdef WEFT_WRONG
  weft::unique_function<int()> two = one;
#else
  weft::unique_function<int()> two = std::move(one);
#endif
  return two();
}
