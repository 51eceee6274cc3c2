// How a task waits for another one without a thread: what then() stands on.
#pragma once

#include <weft/base/export.hpp>
#include <weft/future/detail/task.hpp>
#include <weft/sync/guarded.hpp>

#include <utility>

namespace weft::detail {

/// A keeper's reference. Move-only.
template <class Block>
class kept {
 public:
  explicit kept(Block& block) noexcept : block_(&block) { block.add_keeper(); }
  /// Takes over a reference; null is empty.
  static kept adopt(Block* block) noexcept { return kept(block); }
  kept(kept&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  kept& operator=(kept other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~kept() {
    if (block_ != nullptr) block_->drop_keeper();
  }
  Block* operator->() const noexcept { return block_; }
  explicit operator bool() const noexcept { return block_ != nullptr; }

 private:
  explicit kept(Block* block) noexcept : block_(block) {}

  Block* block_;
};

/// A link from its owner, a task not yet done, to the task that the owner waits for; one after the other.
/// **Thread safety**: follow() by one thread at a time, the rest from any thread.
/// Invariants: 1. While the link is in a list it holds one keeper of the owner. 2. From follow() to take() or
/// withdraw() it holds one handle of the awaited task, which therefore ends: a promise without handles need not.
class WEFT_EXPORT continuation : public link {
 public:
  /// Called once when the awaited task is done, by whoever ended it or by follow(). What it finds with take() is done.
  using step = void (*)(task& owner) noexcept;

  explicit continuation(task& owner) noexcept;
  continuation(const continuation&) = delete;
  continuation& operator=(const continuation&) = delete;
  ~continuation() = default;

  /// Takes over a handle of `awaited`. The caller holds a reference to the owner.
  void follow(task& awaited, step when_done) noexcept;
  /// The handle of the awaited task, for the caller to keep; null if there is none (any more).
  task* take() noexcept;
  /// Waits no longer: takes the link out and drops the handle. The caller holds a reference to the owner.
  void withdraw() noexcept { withdraw(false); }
  /// The same, and cancels the awaited task if it has not started.
  void withdraw_and_cancel() noexcept { withdraw(true); }
  /// Cancels the awaited task; false if there is none or it has started.
  bool cancel_awaited() noexcept;
  /// Runs the awaited task here if the calling thread may; true if that ended it.
  bool help(waiter who);

 private:
  static void fired(link& self, task& ended) noexcept;
  void withdraw(bool cancels) noexcept;
  kept<task> keep_awaited() noexcept;

  task& owner_;
  // Written by follow(), read by the end of the awaited task, which comes after.
  step next_ = nullptr;
  guarded<task*> awaited_{nullptr};
};

}  // namespace weft::detail
