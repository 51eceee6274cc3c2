// The tasks that wait in one place, oldest first: a ring of pointers that grows, so that neither appending nor taking
// touches the blocks themselves.
#pragma once

#include <weft/future/detail/task.hpp>

#include <cstddef>
#include <memory>

namespace weft::detail {

class task_ring {
 public:
  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

  /// **Errors**: std::bad_alloc; nothing has changed then.
  void append(task& item) {
    if (size_ == capacity_) grow();
    at(size_) = &item;
    ++size_;
  }

  /// Not when empty.
  task& take_first() noexcept {
    task& item = *at(0);
    first_ = (first_ + 1) & (capacity_ - 1);
    if (--size_ == 0 && capacity_ > most_kept) let_go();
    return item;
  }

  /// Takes `item` out if it is the newest. True if it was.
  bool take_back(const task& item) noexcept {
    if (size_ == 0 || at(size_ - 1) != &item) return false;
    --size_;
    return true;
  }

 private:
  static constexpr std::size_t first_capacity = 64;
  static constexpr std::size_t most_kept = 4096;  // an empty ring keeps no more

  task*& at(std::size_t position) noexcept { return ring_[(first_ + position) & (capacity_ - 1)]; }

  void grow() {
    const std::size_t larger = capacity_ == 0 ? first_capacity : capacity_ * 2;
    auto ring = std::make_unique_for_overwrite<task*[]>(larger);
    for (std::size_t i = 0; i < size_; ++i) ring[i] = at(i);
    ring_ = std::move(ring);
    capacity_ = larger;
    first_ = 0;
  }
  void let_go() noexcept {
    ring_.reset();
    capacity_ = 0;
    first_ = 0;
  }

  std::unique_ptr<task*[]> ring_;
  std::size_t capacity_ = 0;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace weft::detail
