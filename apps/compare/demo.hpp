// The comparison that the demo ends with: which cells it has, how much of the job each does, and their measuring.
#pragma once

#include "compare/cell.hpp"
#include "compare/table.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace weft::compare {

struct demo_options {
  std::vector<std::size_t> workers{1, 2, 5, 10};
  /// How long one cell of the fetch job may take; it does a sample of the pages so as to keep to it.
  std::chrono::nanoseconds fetch_budget = std::chrono::seconds(5);
  /// How long the compute job takes sequentially.
  std::chrono::nanoseconds compute_time = std::chrono::milliseconds(1200);
  /// The tool's own command that runs a cell, such as {"/proc/self/exe", "compare", "cell"}.
  std::vector<std::string> cell_command;
  /// Told before each cell: which, how many are done, how many there are.
  std::function<void(const std::string& cell, std::size_t done, std::size_t all)> on_progress = {};
};

/// How many of `pages` pages of `delay` each a cell with so many workers fetches within `budget`: whole rounds of all
/// workers, at least one.
std::size_t pages_of_sample(std::size_t pages, std::chrono::nanoseconds delay, std::size_t workers,
                            std::chrono::nanoseconds budget);

/// The job of fetching `urls`, pages that take `delay` each. **Blocks** until all cells are measured.
/// **Errors**: weft::error naming the cell that failed; std::system_error.
comparison compare_fetch(const demo_options& options, const std::vector<std::string>& urls,
                         std::chrono::nanoseconds delay);

/// The job of computing factorials, as many as take options.compute_time one after the other.
/// **Errors**: as compare_fetch; also when two ways give different answers.
comparison compare_compute(const demo_options& options, const jobs& work);

}  // namespace weft::compare
