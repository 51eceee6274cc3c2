#include "factorial/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace weft::factorial {
namespace {

// std::lgamma writes the global signgam, which is a race when threads call it; lgamma_r does not.
double log_factorial(std::uint64_t n) {
  int sign = 0;
  return ::lgamma_r(static_cast<double>(n) + 1, &sign);
}

}  // namespace

double estimated_digits(std::uint64_t n) { return std::floor(log_factorial(n) / std::numbers::ln10) + 1; }

double estimated_bytes(std::uint64_t n) {
  // GMP holds product, powers of ten and scratch at once: 4.0 to 4.2 bytes a digit of peak memory, measured from 10^6
  // on.
  constexpr double bytes_per_digit = 4.5;
  constexpr double fixed = 1 << 20;
  return estimated_digits(n) * bytes_per_digit + fixed;
}

double estimated_seconds(std::uint64_t n) {
  // Through the measured time of 10000!, with the exponent that meets 1000! and 10^7! as well.
  constexpr double seconds_of_reference = 0.9e-3;
  constexpr double digits_of_reference = 35660;
  constexpr double exponent = 1.35;
  constexpr double seconds_of_smallest = 0.5e-6;
  return seconds_of_smallest + seconds_of_reference * std::pow(estimated_digits(n) / digits_of_reference, exponent);
}

double estimated_seconds(const spec& range) {
  // Cost grows with n and is convex, so the trapezoid bounds the sum from above.
  return (estimated_seconds(range.first) + estimated_seconds(range.last)) / 2 * static_cast<double>(range.count());
}

double estimated_seconds(const batch& numbers) {
  double total = 0;
  for (const spec& one : numbers.specs()) total += estimated_seconds(one);
  return total;
}

std::uint64_t trailing_zeros(std::uint64_t n) {
  std::uint64_t zeros = 0;
  while (n >= 5) zeros += n /= 5;
  return zeros;
}

}  // namespace weft::factorial
