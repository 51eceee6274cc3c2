// A bounded first-in first-out queue between threads: Python's queue.Queue.
// Unlike a std::deque beside a lock it blocks with deadlines, counts unfinished items (task_done, join) and can
// be shut down, which wakes everybody who waits.
#pragma once

#include <weft/queue/detail/queue_core.hpp>

#include <deque>
#include <optional>
#include <utility>

namespace weft {

/// **Thread safety**: every member from any thread. Immovable.
/// **Visibility**: what happened before put() is visible after the get() that returns the item.
/// **Python**: queue.Queue; a timeout that is zero stands for block=False.
template <class T>
class queue {
 public:
  /// At most `capacity` items; 0 is no bound.
  explicit queue(std::size_t capacity = 0) : core_(capacity) {}
  queue(const queue&) = delete;
  queue& operator=(const queue&) = delete;
  ~queue() = default;

  /// **Blocks** until there is room.
  /// **Errors**: queue_full at the deadline; queue_shut_down; invalid_argument for a negative duration; what the
  /// item's move throws (the queue is unchanged).
  void put(T item, const deadline& until = {}) {
    core_.put(until, [&] { items_.push_back(std::move(item)); });
  }

  /// Never blocks. False when full or shut down; the item is then untouched.
  bool try_put(T&& item) {
    return core_.try_put([&] { items_.push_back(std::move(item)); });
  }

  /// **Blocks** until there is an item.
  /// **Errors**: queue_empty at the deadline; queue_shut_down once the queue is shut down and drained;
  /// invalid_argument for a negative duration; what the item's move throws (the item stays).
  T get(const deadline& until = {}) {
    std::optional<T> item;
    core_.get(until, [&] { take(item); });
    return std::move(*item);
  }

  /// Never blocks; nothing when empty.
  std::optional<T> try_get() {
    std::optional<T> item;
    core_.try_get([&] { take(item); });
    return item;
  }

  /// An item that get() returned is dealt with. **Errors**: invalid_state if called more often than items were put.
  void task_done() { core_.task_done(); }
  /// **Blocks** until every item that was put is dealt with (true) or the deadline has passed (false).
  bool join(const deadline& until = {}) { return core_.join(until); }

  /// Refuses further puts and wakes all waiters; gets drain what is left. `immediate` drops what is left and
  /// counts it as dealt with. Never blocks; may be repeated.
  void shutdown(bool immediate = false) {
    std::deque<T> dropped;  // destroyed outside the lock: an item's destructor may use the queue
    core_.shutdown([&] {
      if (immediate) dropped.swap(items_);
      return dropped.size();
    });
  }

  /// Items now; only a hint while others put and get.
  std::size_t size() const { return core_.size(); }
  bool empty() const { return size() == 0; }
  std::size_t capacity() const noexcept { return core_.capacity(); }

 private:
  void take(std::optional<T>& into) {
    into.emplace(std::move(items_.front()));
    items_.pop_front();
  }

  detail::queue_core core_;
  std::deque<T> items_;  // protected by core_'s lock
};

}  // namespace weft
