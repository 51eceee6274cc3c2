// expect: this callable takes the value away, and others may read the future
#include <weft/future/future.hpp>

#include <memory>

void use(weft::future<std::unique_ptr<int>> f) {
#ifdef WEFT_WRONG
  static_cast<void>(f.then([](std::unique_ptr<int>) {}));
#else
  static_cast<void>(std::move(f).then([](std::unique_ptr<int>) {}));
#endif
}
