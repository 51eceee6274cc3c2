// oneTBB's task_arena with std::promise: its way to a pool that is given work from outside.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include "pool/promise_pool.hpp"

namespace weft::bench {
namespace {

struct tbb_pool {
  oneapi::tbb::global_control threads{oneapi::tbb::global_control::max_allowed_parallelism, workers + 1};
  oneapi::tbb::task_arena arena{workers, 0};
  template <class F>
  void post(F&& f) {
    arena.enqueue(std::forward<F>(f));
  }
};

}  // namespace

std::unique_ptr<pool_contender> make_tbb() { return std::make_unique<promise_pool<tbb_pool>>(); }

}  // namespace weft::bench
