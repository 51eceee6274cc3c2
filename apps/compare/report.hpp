// Cells and comparisons as JSON: what a cell prints for the comparing process, and what --json prints for people.
#pragma once

#include "compare/cell.hpp"
#include "compare/table.hpp"

#include <span>
#include <string>

namespace weft::compare {

/// One line.
std::string to_json(const cell_report& report);

/// **Errors**: weft::transfer_error if the text is no report.
cell_report report_from_json(const std::string& text);

/// One object: cpus, and of each job its title, cells and knees. Times in seconds, memory in bytes.
std::string to_json(std::span<const comparison> comparisons);

}  // namespace weft::compare
