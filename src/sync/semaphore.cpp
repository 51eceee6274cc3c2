#include <weft/base/error.hpp>
#include <weft/sync/semaphore.hpp>

namespace weft {

semaphore::semaphore(std::ptrdiff_t permits) : value_(static_cast<std::size_t>(permits)) {
  if (permits < 0) throw invalid_argument("semaphore: the number of permits is negative; give zero or more");
}

// The analysis cannot follow a lock that is released before the wait; the protocol is wait_list's.
bool semaphore::acquire(const deadline& until) WEFT_NO_THREAD_SAFETY_ANALYSIS {
  if (until.negative()) throw invalid_argument("semaphore: a timeout is negative; give zero or more");
  detail::wait_node node;
  {
    const scoped_lock held(guard_);
    if (value_ > 0) {
      --value_;
      return true;
    }
    if (until.expired()) return false;
    waiters_.append(node);
  }
  return waiters_.wait(node, guard_, until);
}

void semaphore::release(std::size_t permits) {
  detail::wait_node* chosen = nullptr;
  {
    const scoped_lock held(guard_);
    chosen = waiters_.take(permits);
    for (const detail::wait_node* node = chosen; node != nullptr; node = node->next) --permits;
    value_ += permits;
  }
  detail::wait_list::wake(chosen);
}

std::size_t semaphore::value() const {
  const scoped_lock held(guard_);
  return value_;
}

}  // namespace weft
