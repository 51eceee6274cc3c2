// What a person writes to name numbers: N, A..B or A..B..STEP. A range stays three numbers however long it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weft::factorial {

/// The largest n that is accepted: n! has 8.6 thousand million digits then.
inline constexpr std::uint64_t max_n = 1'000'000'000;

/// The numbers first, first + step, ... up to and including last, which is always one of them.
struct spec {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t step = 1;

  std::uint64_t count() const { return (last - first) / step + 1; }
  bool contains(std::uint64_t n) const { return n >= first && n <= last && (n - first) % step == 0; }
  bool operator==(const spec&) const = default;
};

/// **Errors**: weft::invalid_argument with one line that names the text and what would be right.
spec parse_spec(std::string_view text);

/// `text` between quotes, fit for a line of a terminal: what does not print is written \xNN, what is long is cut.
std::string quoted(std::string_view text);

}  // namespace weft::factorial
