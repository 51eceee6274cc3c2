#include "support/random.hpp"

#include <sys/prctl.h>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

namespace weft::test {

std::uint64_t seed() {
  static const std::uint64_t value = [] {
    const char* const given = std::getenv("WEFT_TEST_SEED");
    const auto now = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    const std::uint64_t chosen = given != nullptr ? std::strtoull(given, nullptr, 10) : now % 1'000'000;
    std::printf("WEFT_TEST_SEED=%" PRIu64 "\n", chosen);
    std::fflush(stdout);
    return chosen;
  }();
  return value;
}

// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014 (SplitMix64).
std::uint64_t random_source::mixed(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t z = a + (b + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

void busy(unsigned steps) noexcept {
  for (unsigned i = 0; i < steps; ++i) asm volatile("" ::: "memory");
}

void make_timers_exact() noexcept { ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); }

}  // namespace weft::test
