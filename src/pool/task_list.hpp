// The tasks that wait, oldest first; linked through the blocks, so that appending never allocates.
#pragma once

#include <weft/future/detail/task.hpp>

#include <cstddef>

namespace weft::detail {

class task_list {
 public:
  bool empty() const noexcept { return first_ == nullptr; }
  std::size_t size() const noexcept { return size_; }

  void append(task& item) noexcept {
    item.next_in_queue = nullptr;
    (last_ != nullptr ? last_->next_in_queue : first_) = &item;
    last_ = &item;
    ++size_;
  }

  task& take_first() noexcept {
    task& item = *first_;
    first_ = item.next_in_queue;
    if (first_ == nullptr) last_ = nullptr;
    --size_;
    return item;
  }

  /// Takes the newest, `item`, back. **Cost**: linear.
  void take_back_last(task& item) noexcept {
    task_list rest;
    while (first_ != &item) rest.append(take_first());
    *this = rest;
  }

 private:
  task* first_ = nullptr;
  task* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace weft::detail
