#include "factorial/batch.hpp"

#include <algorithm>
#include <utility>

namespace weft::factorial {

std::optional<std::uint64_t> batch::cursor::next() {
  if (index_ == specs_->size()) return std::nullopt;
  const spec& here = (*specs_)[index_];
  const std::uint64_t n = here.first + taken_ * here.step;
  if (++taken_ == here.count()) {
    ++index_;
    taken_ = 0;
  }
  return n;
}

batch::batch(std::vector<spec> specs) : specs_(std::move(specs)) {
  for (const spec& one : specs_) {
    count_ += one.count();
    largest_ = std::max(largest_, one.last);
    if (one.first == one.last) {
      singles_.push_back(one.first);
    } else {
      ranges_.push_back(one);
    }
  }
  std::sort(singles_.begin(), singles_.end());
  std::sort(ranges_.begin(), ranges_.end(), [](const spec& a, const spec& b) { return a.first < b.first; });
  furthest_.reserve(ranges_.size());
  std::uint64_t furthest = 0;
  for (const spec& range : ranges_) furthest_.push_back(furthest = std::max(furthest, range.last));
}

std::uint64_t batch::uses(std::uint64_t n) const {
  const auto [low, high] = std::equal_range(singles_.begin(), singles_.end(), n);
  auto result = static_cast<std::uint64_t>(high - low);
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), n,
                                      [](std::uint64_t value, const spec& range) { return value < range.first; });
  for (auto i = static_cast<std::size_t>(after - ranges_.begin()); i > 0 && furthest_[i - 1] >= n; --i) {
    if (ranges_[i - 1].contains(n)) ++result;
  }
  return result;
}

}  // namespace weft::factorial
