// A handful of tasks that one worker has taken from a lane at once, and that any worker may still take from it.
// So the lane's lock is taken once for many small tasks, and yet no task is stuck behind a long one.
//
// Invariants: cursor_ is (generation << 16) | (next << 8) | end; slots [next, end) hold tasks. Only the owner fills,
// only when empty, and every filling is a new generation, so a taker's compare-and-exchange fails if the slot it has
// read may be of another filling.
// Source: the bounded ring of tokio's work-stealing queue (2019), reduced to one-way use.
#pragma once

#include "pool/task_ring.hpp"

#include <weft/base/detail/atom.hpp>

#include <weft/base/detail/atom.hpp>

#include <array>
#include <cstdint>

namespace weft::detail {

class task_batch {
 public:
  static constexpr std::size_t capacity = 32;

  /// Owner only, when empty.
  void fill(task_ring& from) noexcept {
    if (from.empty()) return;
    std::uint64_t end = 0;
    while (end < capacity && !from.empty()) {
      slots_[end++].store(&from.take_first(), std::memory_order_relaxed);  // order: published by the cursor
    }
    cursor_.store((((cursor_.load() >> 16) + 1) << 16) | end);
  }

  /// Any worker. The oldest task; null when empty.
  task* take() noexcept {
    std::uint64_t seen = cursor_.load();
    while (next(seen) != (seen & 0xff)) {
      task* const item = slots_[next(seen)].load();
      if (cursor_.compare_exchange_weak(seen, seen + 0x100)) {
        prefetch(next(seen) + 1, seen & 0xff);
        return item;
      }
    }
    return nullptr;
  }

  /// A hint for anybody but the owner.
  std::size_t size() const noexcept {
    const std::uint64_t seen = cursor_.load();
    return (seen & 0xff) - next(seen);
  }

 private:
  static std::uint64_t next(std::uint64_t cursor) noexcept { return (cursor >> 8) & 0xff; }

  // The block after the one taken comes from another core's cache: fetched while the taken one runs. Only its address
  // is used, so it does not matter who takes it meanwhile.
  void prefetch(std::uint64_t following, std::uint64_t end) const noexcept {
    if (following < end) __builtin_prefetch(slots_[following].load(), 1);
  }

  // Written by the owner (fill) and by every taker; the store in fill pairs with the exchange in take.
  atom<std::uint64_t> cursor_{0};
  // Written by the owner before the cursor; read by takers, who believe it only if their exchange succeeds.
  std::array<atom<task*>, capacity> slots_{};
};

}  // namespace weft::detail
