// Blocks of a plan on some executor, a bounded number in flight, results in the order of the plan.
#pragma once

#include "factorial/estimate.hpp"
#include "factorial/planner.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace weft::factorial {

/// How far the work may run ahead of the output.
struct window_limits {
  std::size_t blocks = 1;
  double bytes = 0;  ///< estimated memory of all blocks in flight; one block is always allowed
};

struct finished_block {
  block numbers;
  std::string lines;  ///< one factorial a line
};

/// `Submit` takes a block and returns a future of its lines (result() &&, cancel()).
/// **Thread safety**: one thread at a time. What is still in flight at the end is cancelled.
template <class Submit>
class windowed {
 public:
  windowed(planner plan, Submit submit, window_limits limits)
      : plan_(std::move(plan)), submit_(std::move(submit)), limits_(limits), upcoming_(plan_.next()) {}
  windowed(const windowed&) = delete;
  windowed& operator=(const windowed&) = delete;
  ~windowed() {
    for (flight& one : flying_) one.lines.cancel();
  }

  /// **Blocks** until the next block of the plan is computed; nothing after the last.
  /// **Errors**: what the work threw.
  std::optional<finished_block> next() {
    fill();
    if (flying_.empty()) return std::nullopt;
    flight first = std::move(flying_.front());
    flying_.pop_front();
    bytes_ -= first.bytes;
    return finished_block{first.numbers, std::move(first.lines).result()};
  }

 private:
  using future_type = decltype(std::declval<Submit&>()(std::declval<const block&>()));

  struct flight {
    block numbers;
    double bytes;
    future_type lines;
  };

  void fill() {
    while (upcoming_ && flying_.size() < limits_.blocks) {
      const double bytes = estimated_bytes(upcoming_->last());
      if (!flying_.empty() && bytes_ + bytes > limits_.bytes) return;
      flying_.push_back({*upcoming_, bytes, submit_(*upcoming_)});
      bytes_ += bytes;
      upcoming_ = plan_.next();
    }
  }

  planner plan_;
  Submit submit_;
  window_limits limits_;
  std::optional<block> upcoming_;
  std::deque<flight> flying_;
  double bytes_ = 0;
};

}  // namespace weft::factorial
