// One cell of the comparison: one job done in one way by so many workers, in a process of its own.
//
// Protocol: the comparing process runs the tool again for each cell (run_measured), so that each begins with clean
// counters and a clean heap. The cell does its job and prints one cell_report; the CPU time comes from wait4, which
// includes every process that the cell waited for, its pool's workers among them.
#pragma once

#include "compare/way.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace weft::compare {

/// What is compared; the tool wires the real ones. Plain functions, because processes run them too.
struct jobs {
  std::string (*compute)(std::uint64_t) = nullptr;
  std::uint64_t (*fetch)(const std::string&) = nullptr;
  /// Fetches all with at most `workers` at once and returns the sum of their bytes.
  std::function<std::uint64_t(std::span<const std::string>, std::size_t workers)> fetch_by_events;
};

struct cell_request {
  job_kind job = job_kind::compute;
  way how = way::sequential;
  std::size_t workers = 1;
  std::uint64_t first = 0;        ///< compute: first, first + 1, ...
  std::uint64_t count = 0;        ///< compute: how many
  std::vector<std::string> urls;  ///< fetch
};

struct cell_report {
  std::uint64_t items = 0;
  std::uint64_t checksum = 0;  ///< equal for equal answers, whatever the order
  double wall_s = 0;           ///< of the job, pool start and shutdown included
  double startup_cpu_s = 0;    ///< spent before the job began
  double peak_bytes = 0;       ///< of all processes of the cell, see peak.hpp
};

/// Does the job. **Blocks** until it is done. **Errors**: what the job threw; invalid_argument for a way that the
/// job does not know.
cell_report run_cell(const cell_request& request, const jobs& work);

}  // namespace weft::compare
