#include "factorial/planner.hpp"

#include "factorial/estimate.hpp"

#include <utility>

namespace weft::factorial {

planner::planner(const batch& numbers, double digits_per_block)
    : numbers_(numbers), walk_(numbers.begin_walk()), digits_per_block_(digits_per_block), pending_(next_new()) {}

std::optional<std::uint64_t> planner::next_new() {
  while (const auto n = walk_.next()) {
    if (numbers_.uses(*n) == 1 || seen_.insert(*n).second) return n;
  }
  return std::nullopt;
}

std::optional<block> planner::next() {
  if (!pending_) return std::nullopt;
  block result{*std::exchange(pending_, next_new()), 1, 1};
  double digits = estimated_digits(result.first);
  while (pending_ && *pending_ > result.last()) {
    const std::uint64_t distance = *pending_ - result.last();
    if (result.count > 1 && distance != result.step) break;
    digits += estimated_digits(*pending_);
    if (digits > digits_per_block_) break;
    result.step = distance;
    ++result.count;
    pending_ = next_new();
  }
  return result;
}

}  // namespace weft::factorial
