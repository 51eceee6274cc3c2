// What a subcommand is: a function that adds its options to the tool and, when it is chosen, leaves its work.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace weft::cli {

// What the tool's exit codes mean.
inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;  ///< some of the work failed
inline constexpr int exit_usage = 2;   ///< the command line or an input is wrong; nothing was done
inline constexpr int exit_interrupted = 130;

/// The work of the chosen subcommand; returns the exit code. Runs after the whole command line was parsed.
/// A usage problem found late is thrown as CLI::ValidationError, failed work as any other exception:
/// main prints one line on standard error and exits with 2 or 1.
using action = std::function<int()>;

void add_compare(CLI::App& tool, action& chosen);
void add_factorial(CLI::App& tool, action& chosen);
void add_scrape(CLI::App& tool, action& chosen);
void add_site(CLI::App& tool, action& chosen);

}  // namespace weft::cli
