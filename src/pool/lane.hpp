// One of the pool's queues for tasks from outside. Each submitting thread keeps to one lane, so that several producers
// do not meet; workers take from all.
//
// Thread safety: every member from any thread.
// Invariants: what leaves the lane in take() is in the taker's batch before the lane's lock is released, so whoever
// looks first into the lane (with its lock) and then into the batch finds it in one of the two.
#pragma once

#include "pool/task_batch.hpp"
#include "pool/task_ring.hpp"

#include <weft/base/detail/atom.hpp>
#include <weft/sync/mutex.hpp>

#include <cstddef>

namespace weft::detail {

class alignas(64) lane {
 public:
  /// False if the lane is closed. **Errors**: std::bad_alloc; nothing has changed then.
  bool push(task& item) {
    const scoped_lock held(lock_);
    if (closed_) return false;
    tasks_.append(item);
    note_size();
    return true;
  }

  /// The oldest task; as many of the next ones as fit go into `rest`, which is the caller's and empty, if it is given.
  task* take(task_batch* rest) noexcept {
    const scoped_lock held(lock_);
    if (tasks_.empty()) return nullptr;
    task& first = tasks_.take_first();
    if (rest != nullptr) rest->fill(tasks_);
    note_size();
    return &first;
  }

  /// push() for tasks that the pool has accepted before: also into a closed lane.
  void put_back(task& item) {
    const scoped_lock held(lock_);
    tasks_.append(item);
    note_size();
  }
  /// Takes `item` out if it is the newest. True if it was.
  bool take_back(const task& item) noexcept {
    const scoped_lock held(lock_);
    const bool taken = tasks_.take_back(item);
    note_size();
    return taken;
  }

  void close() noexcept {
    const scoped_lock held(lock_);
    closed_ = true;
  }

  /// Exact at some time during the call.
  std::size_t size() const noexcept {
    const scoped_lock held(lock_);
    return tasks_.size();
  }
  /// A hint, without the lock.
  bool seems_empty() const noexcept { return size_hint_.load() == 0; }

 private:
  void note_size() noexcept WEFT_REQUIRES(lock_) {
    size_hint_.store(tasks_.size(), std::memory_order_relaxed);  // order: a hint; who must know takes the lock
  }

  mutable mutex lock_;
  bool closed_ WEFT_GUARDED_BY(lock_) = false;
  task_ring tasks_ WEFT_GUARDED_BY(lock_);
  // Written under lock_, read by workers that look for something to do.
  atom<std::size_t> size_hint_{0};
};

}  // namespace weft::detail
