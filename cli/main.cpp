// The tool `weft`: finds the subcommand, runs it, and turns every failure into one line and an exit code.
#include "command.hpp"

#include <weft/process/init.hpp>

#include <cstdio>
#include <exception>

namespace weft::cli {
namespace {

int run(int argc, char** argv) {
  CLI::App tool{"weft: scrape politely, compute exactly, compare threads with processes"};
  tool.require_subcommand(1);
  tool.set_version_flag("--version", "weft " WEFT_VERSION);
  action chosen;
  add_compare(tool, chosen);
  add_factorial(tool, chosen);
  add_scrape(tool, chosen);
  add_site(tool, chosen);

  try {
    weft::init(argc, argv);
    tool.parse(argc, argv);
    return chosen ? chosen() : exit_done;
  } catch (const CLI::CallForHelp& help) {
    return tool.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return tool.exit(version);
  } catch (const CLI::ParseError& problem) {
    const auto used = tool.get_subcommands();
    const std::string name = used.empty() ? "weft" : "weft " + used.front()->get_name();
    std::fprintf(stderr, "%s: %s (see %s --help)\n", name.c_str(), problem.what(), name.c_str());
    return exit_usage;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "weft: %s\n", problem.what());
    return exit_failed;
  }
}

}  // namespace
}  // namespace weft::cli

int main(int argc, char** argv) { return weft::cli::run(argc, argv); }
