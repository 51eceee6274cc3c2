// What the tool says about things people gave it: one line each, whatever the thing contains.
#pragma once

#include <string>
#include <string_view>

namespace weft::cli {

/// `text` fit for one line of a terminal: control characters as \x0a, and of a very long text the two ends.
std::string one_line(std::string_view text);

}  // namespace weft::cli
