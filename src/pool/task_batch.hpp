// A handful of tasks that one worker has taken from the queue at once, and that any worker may still take from it.
// So the queue's lock is taken once for many small tasks, and yet no task is stuck behind a long one.
//
// Invariants: cursor_ is (generation << 16) | (next << 8) | end; slots [next, end) hold tasks. Only the owner fills,
// only when empty, and every filling is a new generation, so a taker's compare-and-exchange fails if the slot it has
// read may be of another filling.
// Source: the bounded ring of tokio's work-stealing queue (2019), reduced to one-way use.
#pragma once

#include "pool/task_list.hpp"

#include <weft/base/detail/atom.hpp>

#include <array>
#include <cstdint>

namespace weft::detail {

class task_batch {
 public:
  static constexpr std::size_t capacity = 16;

  /// Owner only, when empty. Moves up to `count` tasks, at most `capacity`.
  void fill(task_list& from, std::size_t count) noexcept {
    std::uint64_t end = 0;
    while (end < count && end < capacity && !from.empty()) slots_[end++].store(&from.take_first());
    cursor_.store((((cursor_.load() >> 16) + 1) << 16) | end);
  }

  /// Any worker. The oldest task; null when empty.
  task* take() noexcept {
    std::uint64_t seen = cursor_.load();
    while (next(seen) != (seen & 0xff)) {
      task* const item = slots_[next(seen)].load();
      if (cursor_.compare_exchange_weak(seen, seen + 0x100)) return item;
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

  // Written by the owner (fill) and by every taker; the store in fill pairs with the exchange in take.
  atom<std::uint64_t> cursor_{0};
  // Written by the owner before the cursor; read by takers, who believe it only if their exchange succeeds.
  std::array<atom<task*>, capacity> slots_{};
};

}  // namespace weft::detail
