// A batch of numbers in the order they were asked for: ranges are never expanded.
#pragma once

#include "factorial/spec.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace weft::factorial {

/// **Thread safety**: constant after construction; many threads may read.
class batch {
 public:
  /// Walks the numbers of a batch in input order, repeats included.
  class cursor {
   public:
    explicit cursor(const batch& numbers) : specs_(&numbers.specs_) {}
    std::optional<std::uint64_t> next();

   private:
    const std::vector<spec>* specs_;
    std::size_t index_ = 0;
    std::uint64_t taken_ = 0;  // of specs_[index_]
  };

  explicit batch(std::vector<spec> specs);

  /// How often n stands in the batch. **Cost**: logarithmic in the number of specs, and linear in the number
  /// of ranges that overlap at n.
  std::uint64_t uses(std::uint64_t n) const;
  /// How many results there are, repeats included.
  std::uint64_t count() const { return count_; }
  /// The largest number; 0 for an empty batch.
  std::uint64_t largest() const { return largest_; }
  const std::vector<spec>& specs() const { return specs_; }
  cursor begin_walk() const { return cursor(*this); }

 private:
  std::vector<spec> specs_;
  std::vector<std::uint64_t> singles_;   // sorted
  std::vector<spec> ranges_;             // sorted by first
  std::vector<std::uint64_t> furthest_;  // furthest_[i]: the largest last of ranges_[0..i]
  std::uint64_t count_ = 0;
  std::uint64_t largest_ = 0;
};

}  // namespace weft::factorial
