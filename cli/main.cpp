// The tool `weft`: finds the subcommand, runs it, and turns every failure into one line and an exit code.
#include "command.hpp"
#include "message.hpp"
#include "standard_streams.hpp"

#include <weft/process/init.hpp>

#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

namespace weft::cli {
namespace {

/// "weft compare demo": the tool and the subcommands in use, and of them the last.
std::pair<std::string, const CLI::App*> in_use(const CLI::App& tool) {
  std::string name = "weft";
  const CLI::App* last = &tool;
  while (!last->get_subcommands().empty()) {
    last = last->get_subcommands().front();
    name += " " + last->get_name();
  }
  return {name, last};
}

/// The parser only says that a subcommand is required; which word is none, and which there are, helps more.
std::string missing_subcommand(const CLI::App& app) {
  const auto given = app.remaining();
  std::string text = "a subcommand is missing";
  if (!given.empty()) text = (given[0][0] == '-' ? "unknown option '" : "unknown subcommand '") + given[0] + "'";
  text += "; there are:";
  for (const CLI::App* known : app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); })) {
    text += " " + known->get_name();
  }
  return text;
}

int complain(const CLI::App& tool, const CLI::ParseError& problem) {
  const auto [name, last] = in_use(tool);
  const bool no_subcommand =
      dynamic_cast<const CLI::RequiredError*>(&problem) != nullptr && last->get_require_subcommand_min() > 0;
  const std::string text = no_subcommand ? missing_subcommand(*last) : problem.what();
  std::fprintf(stderr, "%s: %s (see %s --help)\n", name.c_str(), one_line(text).c_str(), name.c_str());
  return exit_usage;
}

/// Help and version are results too: what cannot be written is told.
int inform(const CLI::App& tool, const CLI::Success& wish) {
  tool.exit(wish);
  if (std::cout.flush()) return exit_done;
  std::fputs("weft: cannot write 'standard output'\n", stderr);
  return exit_failed;
}

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
  } catch (const CLI::Success& wish) {
    return inform(tool, wish);
  } catch (const CLI::ParseError& problem) {
    return complain(tool, problem);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "weft: %s\n", one_line(problem.what()).c_str());
    return exit_failed;
  }
}

}  // namespace
}  // namespace weft::cli

int main(int argc, char** argv) {
  weft::cli::secure_standard_streams();
  return weft::cli::run(argc, argv);
}
