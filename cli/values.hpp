// Values as people write them on a command line: durations (250ms, 2s, 1.5m, 1h; a bare number is seconds).
#pragma once

#include <chrono>
#include <string>

namespace weft::cli {

/// **Errors**: CLI::ValidationError naming the text and what would be right.
std::chrono::nanoseconds parse_duration(const std::string& text);

}  // namespace weft::cli
