// Boost.Asio's thread_pool with std::packaged_task and std::future, as its users combine them.
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "pool/promise_pool.hpp"

namespace weft::bench {
namespace {

struct asio_pool {
  boost::asio::thread_pool pool{workers};
  template <class F>
  void post(F&& f) {
    boost::asio::post(pool, std::forward<F>(f));
  }
};

}  // namespace

std::unique_ptr<pool_contender> make_asio() { return std::make_unique<promise_pool<asio_pool>>(); }

}  // namespace weft::bench
