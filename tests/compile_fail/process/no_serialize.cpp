// expect: this type has no serialize function for cereal, no weft::codec and no weft::enable_transfer
#include <weft/process/process_pool_executor.hpp>

struct opaque {
  std::string text;
};
struct open {
  std::string text;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(text);
  }
};
int work(const opaque&);
int right(const open&);

void use(weft::process_pool_executor& pool) {
#ifdef WEFT_WRONG
  static_cast<void>(pool.submit(&work, opaque{}));
#else
  static_cast<void>(pool.submit(&right, open{}));
#endif
}
