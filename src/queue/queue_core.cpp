#include <weft/base/error.hpp>
#include <weft/queue/detail/queue_core.hpp>

namespace weft::detail {
namespace {

void check(const deadline& until) {
  if (until.negative()) throw invalid_argument("queue: a timeout is negative; give zero or more");
}

}  // namespace

void queue_core::wait_for_room(const deadline& until) {
  check(until);
  while (!shut_down_ && full()) {
    if (!room_.wait(until) && full() && !shut_down_) {
      throw queue_full("queue: full with " + std::to_string(size_) + " items");
    }
  }
  if (shut_down_) throw queue_shut_down("queue: put after shutdown");
}

void queue_core::wait_for_item(const deadline& until) {
  check(until);
  while (size_ == 0) {
    if (shut_down_) throw queue_shut_down("queue: shut down and drained");
    if (!item_.wait(until) && size_ == 0 && !shut_down_) throw queue_empty("queue: no item in time");
  }
}

void queue_core::added() {
  ++size_;
  ++unfinished_;
  item_.notify();
}

void queue_core::removed() {
  --size_;
  room_.notify();
}

void queue_core::shut_down(std::size_t dropped) {
  shut_down_ = true;
  size_ -= dropped;
  unfinished_ -= dropped;
  room_.notify_all();
  item_.notify_all();
  if (unfinished_ == 0) all_done_.notify_all();
}

void queue_core::task_done() {
  const scoped_lock held(lock_);
  if (unfinished_ == 0) throw invalid_state("queue: task_done() called more often than items were put");
  if (--unfinished_ == 0) all_done_.notify_all();
}

bool queue_core::join(const deadline& until) {
  const scoped_lock held(lock_);
  while (unfinished_ != 0) {
    if (!all_done_.wait(until)) return unfinished_ == 0;
  }
  return true;
}

std::size_t queue_core::size() const {
  const scoped_lock held(lock_);
  return size_;
}

}  // namespace weft::detail
