// The last steps of a run, and the report of a failure. Both are written without allocating: a report may be asked for
// by the handler of a crash.
#pragma once

#include "schedule/step.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weft::schedule {

/// Text in a buffer of fixed size; what does not fit is cut off.
class report {
 public:
  explicit report(std::span<char> buffer) noexcept : buffer_(buffer) {}
  [[gnu::format(printf, 2, 3)]] void add(const char* format, ...) noexcept;

 private:
  std::span<char> buffer_;
  std::size_t used_ = 0;
};

/// One in a process.
class trace {
 public:
  void add(std::uint64_t step, unsigned thread, const operation& what) noexcept;
  /// To the step added last.
  void note(std::uint64_t seen, bool done) noexcept;
  /// The last `count` steps. Objects are named o1, o2, ... in the order in which they appear there, so that the report
  /// of a seed is the same each time.
  void write(report& to, std::size_t count) const noexcept;
  static constexpr std::size_t capacity = 4096;

 private:
  struct entry {
    std::uint64_t step = 0;
    unsigned thread = 0;
    bool noted = false;
    bool done = false;
    std::uint64_t seen = 0;
    operation what{};
  };
  class names;
  static void write(report& to, const entry& each, names& known) noexcept;

  // Made before the first run, so that a run pays for the steps it makes only.
  static std::array<entry, capacity> ring_;
  std::uint64_t added_ = 0;
};

}  // namespace weft::schedule
