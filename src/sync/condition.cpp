#include <weft/base/error.hpp>
#include <weft/sync/condition.hpp>

namespace weft {

bool condition::wait(const deadline& until) {
  if (!lock_.locked()) throw invalid_state("condition: wait without holding the lock");
  detail::wait_node node;
  {
    const scoped_lock held(guard_);
    waiters_.append(node);
  }
  lock_.unlock();
  const bool notified = waiters_.wait(node, guard_, until);
  lock_.lock();
  return notified;
}

void condition::notify(std::size_t count) {
  if (!lock_.locked()) throw invalid_state("condition: notify without holding the lock");
  detail::wait_node* chosen = nullptr;
  {
    const scoped_lock held(guard_);
    chosen = waiters_.take(count);
  }
  detail::wait_list::wake(chosen);
}

}  // namespace weft
