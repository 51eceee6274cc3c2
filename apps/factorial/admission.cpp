#include "factorial/admission.hpp"

#include "factorial/estimate.hpp"

#include <algorithm>
#include <ranges>

namespace weft::factorial {
namespace {

/// The smallest n that does not fit; max_n + 1 when all do.
std::uint64_t smallest_too_large(double available) {
  const auto all = std::views::iota(std::uint64_t{0}, max_n + 1);
  const auto fits = [available](std::uint64_t n) { return estimated_bytes(n) <= available; };
  return *std::ranges::partition_point(all, fits);
}

}  // namespace

std::optional<std::uint64_t> first_too_large(const batch& numbers, double available, double horizon) {
  const std::uint64_t limit = smallest_too_large(available);
  double seconds = 0;
  for (const spec& one : numbers.specs()) {
    if (one.first >= limit) return one.first;
    const bool reaches = one.last >= limit;
    const std::uint64_t last_that_fits = reaches ? limit - 1 : one.last;
    seconds += estimated_seconds(spec{one.first, last_that_fits - (last_that_fits - one.first) % one.step, one.step});
    if (seconds > horizon) return std::nullopt;
    if (reaches) return last_that_fits - (last_that_fits - one.first) % one.step + one.step;
  }
  return std::nullopt;
}

}  // namespace weft::factorial
