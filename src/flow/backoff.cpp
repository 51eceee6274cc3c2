#include <weft/base/error.hpp>
#include <weft/flow/backoff.hpp>

#include <algorithm>
#include <cmath>
#include <random>

namespace weft {
namespace {

std::uint64_t system_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014 (SplitMix64).
std::uint64_t split_mix(std::uint64_t& state) noexcept {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace

backoff::backoff(const backoff_options& options) : backoff(options, system_seed()) {}

backoff::backoff(const backoff_options& options, std::uint64_t seed) : options_(options), state_(seed) {
  if (options.base.count() < 0 || options.cap.count() < 0) {
    throw invalid_argument("backoff: base and cap are waits; give zero or more");
  }
  if (!std::isfinite(options.factor) || options.factor < 1.0) {
    throw invalid_argument("backoff: a factor below 1 would wait less after every failure; give 1 or more");
  }
}

std::chrono::nanoseconds backoff::ceiling(unsigned failures) const noexcept {
  const double grown =
      static_cast<double>(options_.base.count()) * std::pow(options_.factor, failures > 0 ? failures - 1.0 : 0.0);
  if (grown >= static_cast<double>(options_.cap.count())) return options_.cap;  // also when it overflowed
  return std::chrono::nanoseconds(std::llround(grown));
}

std::chrono::nanoseconds backoff::next(unsigned failures) noexcept {
  const auto steps = static_cast<std::uint64_t>(ceiling(failures).count()) + 1;
  __extension__ using wide = unsigned __int128;
  return std::chrono::nanoseconds(static_cast<std::int64_t>((wide{split_mix(state_)} * steps) >> 64));
}

}  // namespace weft
