// The tasks that one worker's own tasks have spawned: the owner pushes and pops at one end, newest first, without a
// lock; thieves take the oldest at the other end.
//
// Invariants: tasks are in slots [top_, bottom_). Only the owner changes bottom_; top_ only grows. The last task is
// contended: whoever moves top_ past it has it. Thieves hold thieves_, so there is one at a time, and the owner takes
// the same lock to grow: a ring is never freed under a thief.
// Source: Chase and Lev, "Dynamic Circular Work-Stealing Deque", SPAA 2005; orders after Lê, Pop, Cohen and Zappa
// Nardelli, "Correct and Efficient Work-Stealing for Weak Memory Models", PPoPP 2013, with seq_cst operations in
// place of stand-alone fences.
#pragma once

#include <weft/base/detail/atom.hpp>
#include <weft/future/detail/task.hpp>
#include <weft/sync/mutex.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace weft::detail {

class work_deque {
 public:
  work_deque() : ring_(std::make_unique<slot[]>(first_capacity)), capacity_(first_capacity) {}

  /// Owner only. False if there is no room: grow() first. `tag` is for pop_if().
  bool push(task& item, const void* tag = nullptr) noexcept {
    const std::int64_t bottom = bottom_.load(std::memory_order_relaxed);  // order: only this thread writes it
    if (bottom - top_seen_ >= capacity_) {
      top_seen_ = top_.load();
      if (bottom - top_seen_ >= capacity_) return false;
    }
    slot& into = at(bottom);
    into.item.store(&item, std::memory_order_relaxed);  // order: published by the store to bottom_
    into.tag = tag;
    // seq_cst: the pusher's next look, for sleepers, must not come before this store (see src/pool/README.md, step 4).
    bottom_.store(bottom + 1);
    return true;
  }

  /// Owner only.
  void grow() {
    const std::int64_t larger = capacity_ * 2;
    auto ring = std::make_unique<slot[]>(static_cast<std::size_t>(larger));
    const scoped_lock held(thieves_);
    for (std::int64_t i = top_.load(); i < bottom_.load(); ++i) {
      slot& into = ring[static_cast<std::size_t>(i & (larger - 1))];
      into.item.store(at(i).item.load());
      into.tag = at(i).tag;
    }
    ring_ = std::move(ring);
    capacity_ = larger;
  }

  /// Owner only. The newest task; null when empty.
  task* pop() noexcept {
    const std::int64_t last = bottom_.load(std::memory_order_relaxed) - 1;  // order: only this thread writes it
    if (last < top_.load()) return nullptr;
    bottom_.store(last);  // seq_cst: before the look at top_, or owner and thief could both take the last task
    std::int64_t top = top_.load();
    if (top > last) {
      bottom_.store(last + 1, std::memory_order_relaxed);  // order: the deque is empty, nothing is published
      return nullptr;
    }
    task* const item = at(last).item.load(std::memory_order_relaxed);  // order: written by this thread
    if (top < last) return item;
    const bool mine = top_.compare_exchange_strong(top, top + 1);
    bottom_.store(last + 1, std::memory_order_relaxed);  // order: the deque is empty, nothing is published
    return mine ? item : nullptr;
  }

  /// Owner only. The newest task if it was pushed with this tag; else null, and it stays where it is.
  task* pop_if(const void* tag) noexcept {
    const std::int64_t last = bottom_.load(std::memory_order_relaxed) - 1;  // order: only this thread writes it
    return last >= top_.load() && at(last).tag == tag ? pop() : nullptr;
  }

  /// Owner only. pop_if() that also finds a task below others with other tags.
  task* take_if(const void* tag) noexcept {
    task* const item = pop_if(tag);
    return item != nullptr || !bring_up(tag) ? item : pop_if(tag);
  }

  /// A thief, not the owner. The oldest task; null when empty or lost to the owner.
  task* steal() noexcept {
    if (top_.load() >= bottom_.load()) return nullptr;
    const scoped_lock held(thieves_);
    std::int64_t top = top_.load();
    if (top >= bottom_.load()) return nullptr;
    task* const item = at(top).item.load();
    return top_.compare_exchange_strong(top, top + 1) ? item : nullptr;
  }

  /// Exact for the owner, a hint for others.
  std::size_t size() const noexcept {
    const std::int64_t count = bottom_.load() - top_.load();
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

 private:
  struct slot {
    atom<task*> item;
    const void* tag;  // owner only
  };
  static constexpr std::int64_t first_capacity = 256;

  // Exchanges the newest task with this tag and the newest of all. With the thieves' lock top_ stands still.
  bool bring_up(const void* tag) noexcept {
    const scoped_lock held(thieves_);
    const std::int64_t last = bottom_.load(std::memory_order_relaxed) - 1;  // order: only this thread writes it
    for (std::int64_t i = last; i >= top_.load(); --i) {
      if (at(i).tag != tag) continue;
      task* const upper = at(last).item.load();
      at(last).item.store(at(i).item.load());
      at(i).item.store(upper);
      std::swap(at(last).tag, at(i).tag);
      return true;
    }
    return false;
  }

  slot& at(std::int64_t index) noexcept { return ring_[static_cast<std::size_t>(index & (capacity_ - 1))]; }

  // Written by thieves and by the owner taking the last task.
  alignas(64) atom<std::int64_t> top_{0};
  mutex thieves_;
  // Written by the owner, read by thieves: the store in push pairs with the load in steal.
  alignas(64) atom<std::int64_t> bottom_{0};
  std::int64_t top_seen_ = 0;  // owner only: top_ when it was last read by push; never more than top_
  // Written by the owner under thieves_.
  std::unique_ptr<slot[]> ring_;
  std::int64_t capacity_;
};

}  // namespace weft::detail
