// A FIFO of sleeping threads, each with a futex word of its own: what condition, semaphore and queue wait on.
//
// Protocol (`guard` is the lock of the object that owns the list):
// 1. The waiter, holding guard, appends its node (on its own stack), releases guard, parks on node.signal.
// 2. The waker, holding guard, unlinks nodes with take(), releases guard, then wake()s what it took. From then
//    on it touches no memory of the object: the woken thread may destroy it at once.
// 3. A waiter whose deadline passed takes guard: a node still linked is unlinked (timed out); one already
//    taken has been chosen, so the waiter waits for its signal and reports success: no wake-up is lost.
// Source: the per-waiter locks of CPython's threading.Condition.
#pragma once

#include <weft/base/deadline.hpp>
#include <weft/base/export.hpp>
#include <weft/base/parking.hpp>
#include <weft/sync/mutex.hpp>

#include <cstddef>

namespace weft::detail {

struct wait_node {
  futex_word signal{0};  // written once by the waker, read by the waiter
  // Protected by the list's guard while linked, by the waker once taken.
  wait_node* next = nullptr;
  wait_node* previous = nullptr;
  bool linked = false;
};

/// Every member but wake() needs the guard.
class WEFT_EXPORT wait_list {
 public:
  bool empty() const noexcept { return first_ == nullptr; }
  void append(wait_node& node) noexcept;
  /// Unlinks up to `count` nodes, oldest first, and returns them as a chain for wake().
  wait_node* take(std::size_t count) noexcept;
  /// Step 3 and the parking of step 1; the caller does not hold guard. True if signalled.
  bool wait(wait_node& node, mutex& guard, const deadline& until) noexcept;
  /// Wakes a chain from take(); the guard must not be held.
  static void wake(wait_node* chain) noexcept;

 private:
  void unlink(wait_node& node) noexcept;

  wait_node* first_ = nullptr;
  wait_node* last_ = nullptr;
};

}  // namespace weft::detail
