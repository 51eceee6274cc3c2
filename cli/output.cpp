#include "output.hpp"

#include <CLI/CLI.hpp>

#include <system_error>

namespace weft::cli {

std::unique_ptr<apps::whole_file> open_output(const std::string& name) {
  try {
    return std::make_unique<apps::whole_file>(name);
  } catch (const std::system_error& problem) {
    throw CLI::ValidationError(std::string(problem.what()) + "; name a file in a directory that can be written");
  }
}

std::string not_empty(const std::string& name) {
  return name.empty() ? "the file name is empty; name a file, or - for the standard stream" : std::string();
}

void print_out(const std::string& text) {
  apps::whole_file out("-");
  out.write(text);
  out.commit();
}

}  // namespace weft::cli
