// What every thread queue shares whatever its items and order: the lock, the counts, who waits for what.
#pragma once

#include <weft/base/export.hpp>
#include <weft/sync/condition.hpp>
#include <weft/sync/mutex.hpp>

#include <cstddef>

namespace weft::detail {

/// The callables given to the members run under the lock and add or remove exactly one item; if one throws, the
/// counts do not change.
class WEFT_EXPORT queue_core {
 public:
  explicit queue_core(std::size_t capacity) noexcept : capacity_(capacity) {}

  template <class Add>
  void put(const deadline& until, Add add) {
    const scoped_lock held(lock_);
    wait_for_room(until);
    pass_on_if_it_throws(room_, add);
    added();
  }

  template <class Add>
  bool try_put(Add add) {
    const scoped_lock held(lock_);
    if (shut_down_ || full()) return false;
    add();
    added();
    return true;
  }

  template <class Remove>
  void get(const deadline& until, Remove remove) {
    const scoped_lock held(lock_);
    wait_for_item(until);
    pass_on_if_it_throws(item_, remove);
    removed();
  }

  template <class Remove>
  bool try_get(Remove remove) {
    const scoped_lock held(lock_);
    if (size_ == 0) return false;
    remove();
    removed();
    return true;
  }

  /// `drop` returns how many items it dropped.
  template <class Drop>
  void shutdown(Drop drop) {
    const scoped_lock held(lock_);
    shut_down(drop());
  }

  void task_done();
  bool join(const deadline& until);
  std::size_t size() const;
  std::size_t capacity() const noexcept { return capacity_; }

 private:
  // Whoever was woken for an item or for room and fails to use it must wake another: it was the only one told.
  template <class Change>
  static void pass_on_if_it_throws(condition& woken_by, Change& change) {
    try {
      change();
    } catch (...) {
      woken_by.notify();
      throw;
    }
  }

  bool full() const WEFT_REQUIRES(lock_) { return capacity_ != 0 && size_ >= capacity_; }
  void wait_for_room(const deadline& until) WEFT_REQUIRES(lock_);
  void wait_for_item(const deadline& until) WEFT_REQUIRES(lock_);
  void added() WEFT_REQUIRES(lock_);
  void removed() WEFT_REQUIRES(lock_);
  void shut_down(std::size_t dropped) WEFT_REQUIRES(lock_);

  const std::size_t capacity_;
  mutable mutex lock_;
  condition room_{lock_};
  condition item_{lock_};
  condition all_done_{lock_};
  std::size_t size_ WEFT_GUARDED_BY(lock_) = 0;
  std::size_t unfinished_ WEFT_GUARDED_BY(lock_) = 0;
  bool shut_down_ WEFT_GUARDED_BY(lock_) = false;
};

}  // namespace weft::detail
