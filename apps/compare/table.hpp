// The arithmetic of the comparison: speed-up, efficiency, and the count after which more workers no longer pay.
#pragma once

#include "compare/way.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weft::compare {

/// What one cell cost. A cell may have done a sample of the job only; then its times are scaled to all of it.
struct cost {
  way how = way::sequential;
  std::size_t workers = 1;
  double wall_s = 0;
  double cpu_s = 0;
  double peak_bytes = 0;
  std::uint64_t done = 0;   ///< items that were really done
  std::uint64_t total = 0;  ///< items of the whole job

  bool sampled() const { return done < total; }
};

/// The cost of the whole job from that of a sample: wall time grows with the items, CPU time does so after
/// `startup_cpu_s`, memory stays.
cost scaled(cost sample, double startup_cpu_s);

struct row {
  cost measured;
  double speed_up = 0;    ///< over the sequential run
  double efficiency = 0;  ///< speed-up by worker
};

struct knee {
  way how = way::threads;
  std::size_t workers = 0;
  bool largest = false;  ///< the largest count that was measured: more might still pay
};

struct comparison {
  job_kind job = job_kind::compute;
  std::string title;
  std::vector<row> rows;
  std::vector<knee> knees;  ///< of each way but the sequential
};

/// More workers pay as long as they bring the speed-up nearer than this to the best that was measured.
inline constexpr double close_to_best = 0.95;

/// The first cost must be the sequential one. **Errors**: invalid_argument if it is not.
comparison compare_costs(job_kind job, std::string title, std::span<const cost> costs);

/// The table as lines of text.
std::string to_text(const comparison& result);

}  // namespace weft::compare
