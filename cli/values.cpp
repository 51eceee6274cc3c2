#include "values.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>
#include <map>

namespace weft::cli {

std::chrono::nanoseconds parse_duration(const std::string& text) {
  static const std::map<std::string, double, std::less<>> units{{"", 1e9},  {"ns", 1},   {"us", 1e3},   {"ms", 1e6},
                                                                {"s", 1e9}, {"m", 60e9}, {"min", 60e9}, {"h", 3600e9}};
  double count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, count, std::chars_format::fixed);
  const auto unit = units.find(std::string_view(rest, static_cast<std::size_t>(end - rest)));
  // A century is far beyond any use and far below the overflow of nanoseconds.
  if (problem != std::errc() || unit == units.end() || !std::isfinite(count) || count < 0 ||
      count * unit->second > 3.2e18) {
    throw CLI::ValidationError("'" + text + "' is not a duration; write for example 250ms, 2s, 1.5m or 1h");
  }
  return std::chrono::nanoseconds(std::llround(count * unit->second));
}

}  // namespace weft::cli
