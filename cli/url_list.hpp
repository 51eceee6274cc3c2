// The addresses that a command line means: given there, in files, or on standard input.
#pragma once

#include <string>
#include <vector>

namespace weft::cli {

/// Each argument is an http(s) address, the name of a file with one address a line (empty lines and lines that begin
/// with # are skipped), or `-` for standard input; `file`, if not empty, is such a file or `-` whatever it looks like.
/// **Errors**: CLI::ValidationError naming what is no address or cannot be read, with file and line.
std::vector<std::string> read_urls(const std::vector<std::string>& arguments, const std::string& file);

}  // namespace weft::cli
