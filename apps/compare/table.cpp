#include "compare/table.hpp"

#include <weft/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace weft::compare {
namespace {

std::optional<knee> knee_of(way how, std::span<const row> rows) {
  double best = 0;
  std::size_t largest = 0;
  for (const row& one : rows) {
    if (one.measured.how != how) continue;
    best = std::max(best, one.speed_up);
    largest = std::max(largest, one.measured.workers);
  }
  if (largest == 0) return std::nullopt;
  std::size_t workers = largest;
  for (const row& one : rows) {
    if (one.measured.how == how && one.speed_up >= close_to_best * best)
      workers = std::min(workers, one.measured.workers);
  }
  return knee{how, workers, workers == largest};
}

std::string seconds(double value) {
  return value < 0.1 ? fmt::format("{:.1f} ms", value * 1e3) : fmt::format("{:.2f} s", value);
}

constexpr const char* line_format = "  {:<10} {:>7} {:>11}{} {:>10}{} {:>9} {:>9} {:>10}  {}\n";

std::string line_of(const row& one) {
  const cost& cell = one.measured;
  const char mark = cell.sampled() ? '*' : ' ';
  return fmt::format(line_format, name_of(cell.how), cell.workers, seconds(cell.wall_s), mark, seconds(cell.cpu_s),
                     mark, fmt::format("{:.1f} MB", cell.peak_bytes / 1e6), fmt::format("{:.2f}x", one.speed_up),
                     fmt::format("{:.0f}%", one.efficiency * 100),
                     cell.sampled() ? fmt::format("{} of {}", cell.done, cell.total) : "all");
}

std::string samples_note(const comparison& result) {
  const bool sampled =
      std::any_of(result.rows.begin(), result.rows.end(), [](const row& one) { return one.measured.sampled(); });
  return sampled ? "  * scaled to the whole job from the sample under \"measured\"\n" : "";
}

std::string knees_note(const comparison& result) {
  std::string note = "  More workers no longer pay after:";
  const char* separator = " ";
  for (const knee& one : result.knees) {
    note +=
        fmt::format("{}{} {}{}", separator, one.workers, name_of(one.how), one.largest ? " (the most measured)" : "");
    separator = ", ";
  }
  return note + "\n";
}

}  // namespace

cost scaled(cost sample, double startup_cpu_s) {
  if (!sample.sampled() || sample.done == 0) return sample;
  const double factor = static_cast<double>(sample.total) / static_cast<double>(sample.done);
  sample.wall_s *= factor;
  sample.cpu_s = startup_cpu_s + std::max(0.0, sample.cpu_s - startup_cpu_s) * factor;
  return sample;
}

comparison compare_costs(job_kind job, std::string title, std::span<const cost> costs) {
  if (costs.empty() || costs.front().how != way::sequential) {
    throw invalid_argument("a comparison begins with the sequential run");
  }
  comparison result{.job = job, .title = std::move(title), .rows = {}, .knees = {}};
  for (const cost& one : costs) {
    const double speed_up = one.wall_s > 0 ? costs.front().wall_s / one.wall_s : 0;
    result.rows.push_back({one, speed_up, speed_up / static_cast<double>(std::max<std::size_t>(one.workers, 1))});
  }
  for (const way how : {way::threads, way::processes, way::events}) {
    if (const auto found = knee_of(how, result.rows)) result.knees.push_back(*found);
  }
  return result;
}

std::string to_text(const comparison& result) {
  std::string text = result.title + "\n" +
                     fmt::format(line_format, "way", "workers", "wall", ' ', "CPU", ' ', "peak mem", "speed-up",
                                 "efficiency", "measured");
  for (const row& one : result.rows) text += line_of(one);
  text += "  CPU and memory are those of all processes of the run together; what they share counts once.\n";
  text += samples_note(result);
  if (!result.knees.empty()) text += knees_note(result);
  return text;
}

}  // namespace weft::compare
