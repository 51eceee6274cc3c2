// Randomness for tests: every run another, every run repeatable, because its seed is printed.
#pragma once

#include <cstdint>
#include <random>

namespace weft::test {

/// The seed of this run: WEFT_TEST_SEED of the environment, or a fresh one. Printed on standard output when first
/// asked.
std::uint64_t seed();

/// A generator for one thread. Different `stream`s of one seed are independent.
class random_source {
 public:
  explicit random_source(std::uint64_t stream) : engine_(mixed(seed(), stream)) {}

  /// From 0 to `end` - 1.
  unsigned below(unsigned end) { return static_cast<unsigned>(engine_() % end); }
  bool one_in(unsigned n) { return below(n) == 0; }

 private:
  static std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept;
  std::mt19937_64 engine_;
};

/// Keeps the processor busy for about `steps` nanoseconds, give or take: a short delay that does not sleep.
void busy(unsigned steps) noexcept;

/// For this thread: timers end when they are due, not up to 50 microseconds later, so that short timeouts are short.
void make_timers_exact() noexcept;

}  // namespace weft::test
