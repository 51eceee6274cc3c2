// The plan of a batch: which numbers to compute, each once, gathered into blocks that are worth handing to a worker.
#pragma once

#include "factorial/batch.hpp"

#include <cstdint>
#include <optional>
#include <unordered_set>

namespace weft::factorial {

/// Work for one worker: `count` numbers from `first` on, `step` apart.
struct block {
  std::uint64_t first = 0;
  std::uint64_t step = 1;
  std::uint64_t count = 1;

  std::uint64_t last() const { return first + (count - 1) * step; }
  bool operator==(const block&) const = default;
};

/// Yields the blocks in the order in which their results are first needed; made lazily, so that a range of a
/// thousand million numbers takes no memory. **Thread safety**: one thread at a time.
class planner {
 public:
  /// `numbers` is referred to. A block ends before its text would exceed about `digits_per_block` digits, but
  /// holds at least one number.
  planner(const batch& numbers, double digits_per_block);

  std::optional<block> next();

 private:
  std::optional<std::uint64_t> next_new();

  const batch& numbers_;
  batch::cursor walk_;
  double digits_per_block_;
  std::unordered_set<std::uint64_t> seen_;  // of the numbers that stand in the batch more than once
  std::optional<std::uint64_t> pending_;    // taken from the walk, not yet in a block
};

}  // namespace weft::factorial
