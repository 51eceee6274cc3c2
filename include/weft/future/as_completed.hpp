// Futures in the order in which they end: Python's concurrent.futures.as_completed.
#pragma once

#include <weft/future/detail/completion_order.hpp>
#include <weft/future/wait.hpp>

#include <cstddef>
#include <iterator>
#include <memory>

namespace weft {

namespace detail {
[[noreturn]] WEFT_EXPORT void throw_unfinished(std::size_t left, std::size_t of);
}

/// A range of futures, each once, as they end; what is done already comes first. Iterate once.
/// **Thread safety**: one thread. Dropping it early changes nothing of the futures.
template <class T>
class completed_range {
 public:
  completed_range(std::vector<future<T>> futures, const deadline& until)
      : futures_(std::move(futures)), until_(until), order_(make_order(futures_)) {}
  completed_range(completed_range&&) noexcept = default;
  completed_range& operator=(completed_range&&) = delete;
  ~completed_range() = default;

  class iterator {
   public:
    using value_type = future<T>;
    using difference_type = std::ptrdiff_t;
    iterator() = default;

    /// Valid until the next ++; the range keeps no handle to it afterwards.
    future<T>& operator*() const noexcept { return range_->current_; }
    iterator& operator++() {
      range_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& it, std::default_sentinel_t) noexcept { return it.at_end(); }

   private:
    friend completed_range;
    bool at_end() const noexcept { return range_->ended_; }
    explicit iterator(completed_range& range) noexcept : range_(&range) {}
    completed_range* range_ = nullptr;
  };

  /// begin() and ++ **block** until the next future ends; they throw timeout_error at the deadline, never for a
  /// failed or cancelled future.
  iterator begin() {
    advance();
    return iterator(*this);
  }
  static std::default_sentinel_t end() noexcept { return {}; }

 private:
  static std::unique_ptr<detail::completion_order> make_order(const std::vector<future<T>>& futures) {
    auto order = std::make_unique<detail::completion_order>();
    for (const auto& each : futures) order->add(*each.handle());
    return order;
  }

  void advance() {
    current_ = future<T>();
    ended_ = order_->left() == 0;
    if (ended_) return;
    const auto next = order_->next(until_);
    if (!next) detail::throw_unfinished(order_->left(), futures_.size());
    current_ = std::move(futures_[*next]);
  }

  std::vector<future<T>> futures_;  // emptied one by one; destroyed after order_, which points into their blocks
  deadline until_;
  future<T> current_;
  bool ended_ = false;
  std::unique_ptr<detail::completion_order> order_;
};

/// Each future once, as it ends: `for (auto& f : as_completed(futures, 10s))`. The deadline is one budget from the
/// call. A future given twice comes once. **Errors**: timeout_error from begin() or ++, naming how many of how
/// many are unfinished; nothing is cancelled by it. **Cost**: linear.
/// **Python**: concurrent.futures.as_completed.
template <std::ranges::input_range R, class T = typename std::ranges::range_value_t<R>::value_type>
completed_range<T> as_completed(R&& futures, const deadline& until = {}) {
  return completed_range<T>(detail::collect<T>(std::forward<R>(futures)), until);
}

}  // namespace weft
