// Where a subcommand's result goes: opened before any work is done, so that a bad name costs nothing.
#pragma once

#include "common/whole_file.hpp"

#include <memory>
#include <string>

namespace weft::cli {

/// **Errors**: CLI::ValidationError naming the file and what would be right.
std::unique_ptr<apps::whole_file> open_output(const std::string& name);

/// For CLI::Option::check: a file name that is there but empty, as in --output "$unset", is a mistake.
std::string not_empty(const std::string& name);

/// Prints `text` on standard output now. **Errors**: std::system_error (disk full, closed).
void print_out(const std::string& text);

}  // namespace weft::cli
