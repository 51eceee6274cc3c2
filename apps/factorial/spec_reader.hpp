// Specs from a file or standard input: one a line, blank lines and # comments left out.
#pragma once

#include "factorial/spec.hpp"

#include <string>
#include <vector>

namespace weft::factorial {

/// More specs than this in one batch are refused (they are kept in memory, 24 bytes each).
inline constexpr std::size_t max_specs = 5'000'000;

/// Appends the specs of the file `path` ("-" is standard input) to `specs`.
/// **Errors**: weft::invalid_argument with one line that names file and line and what would be right; `specs`
/// is unspecified then. A line is refused as soon as it is too long, so that binary noise ends early.
void read_specs(const std::string& path, std::vector<spec>& specs);

}  // namespace weft::factorial
