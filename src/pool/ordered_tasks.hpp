// The tasks that do not wait in line: those with a priority and those that are not due yet. Under the pool's lock.
#pragma once

#include <weft/base/deadline.hpp>
#include <weft/future/detail/task.hpp>

#include <cstddef>
#include <limits>
#include <map>

namespace weft::detail {

class ordered_tasks {
 public:
  static constexpr int any_priority = std::numeric_limits<int>::min();

  /// **Errors**: std::bad_alloc; nothing has changed then.
  void add(task& item, int priority) { by_priority_.emplace(-static_cast<long>(priority), &item); }
  void add_delayed(task& item, const deadline& due) { by_time_.emplace(due, &item); }

  /// Takes `item` out, wherever it is. **Cost**: linear.
  void take_back(const task& item) noexcept {
    std::erase_if(by_priority_, [&item](const auto& each) { return each.second == &item; });
    std::erase_if(by_time_, [&item](const auto& each) { return each.second == &item; });
  }

  /// The most urgent task with a priority of at least `least`, oldest first; null: none.
  task* take(int least) noexcept {
    if (!has(least)) return nullptr;
    task* const item = by_priority_.begin()->second;
    by_priority_.erase(by_priority_.begin());
    return item;
  }
  bool has(int least) const noexcept {
    return !by_priority_.empty() && by_priority_.begin()->first <= -static_cast<long>(least);
  }

  task* take_due() noexcept { return has_due() ? take_first_delayed() : nullptr; }
  /// Due or not.
  task* take_first_delayed() noexcept {
    if (by_time_.empty()) return nullptr;
    task* const item = by_time_.begin()->second;
    by_time_.erase(by_time_.begin());
    return item;
  }
  bool has_due() const noexcept { return !by_time_.empty() && by_time_.begin()->first.expired(); }
  bool has_delayed() const noexcept { return !by_time_.empty(); }
  /// When the first delayed task is due; never without one.
  deadline next_due() const noexcept { return by_time_.empty() ? deadline::never() : by_time_.begin()->first; }

  std::size_t size() const noexcept { return by_priority_.size() + by_time_.size(); }
  std::size_t ready() const noexcept { return by_priority_.size() + (has_due() ? 1 : 0); }

 private:
  std::multimap<long, task*> by_priority_;  // by the negated priority: the most urgent first, then the oldest
  std::multimap<deadline, task*> by_time_;
};

}  // namespace weft::detail
