// expect: the callable can be called neither with the value of the future
#include <weft/future/future.hpp>

#include <string>

void use(const weft::future<int>& f) {
#ifdef WEFT_WRONG
  static_cast<void>(f.then([](const std::string&) {}));
#else
  static_cast<void>(f.then([](long) {}));
#endif
}
