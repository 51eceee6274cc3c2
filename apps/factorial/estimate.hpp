// What a factorial will cost before it is computed: digits, memory and time.
#pragma once

#include "factorial/batch.hpp"

#include <cstdint>

namespace weft::factorial {

/// Decimal digits of n!, at most a few off. **Source**: Stirling's series by way of std::lgamma.
double estimated_digits(std::uint64_t n);

/// Memory in bytes that computing the text of n! takes at its peak.
double estimated_bytes(std::uint64_t n);

/// Time in seconds of one thread for the text of n!; right within a factor of two on a 2020s machine.
double estimated_seconds(std::uint64_t n);

/// The same for ranges and whole batches, repeats counted as work: an upper bound, found without walking the ranges.
double estimated_seconds(const spec& range);
double estimated_seconds(const batch& numbers);

/// Trailing zeros of n!, exact. **Source**: A.-M. Legendre, Essai sur la théorie des nombres, 2nd ed. 1808.
std::uint64_t trailing_zeros(std::uint64_t n);

}  // namespace weft::factorial
