#include "compare/demo.hpp"

#include "compare/measure.hpp"
#include "compare/report.hpp"

#include <weft/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>

namespace weft::compare {
namespace {

/// Its factorial has 121 thousand digits and takes some milliseconds: long against the cost of a task, short
/// against the whole.
constexpr std::uint64_t first_number = 30'000;

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::string label(const cell_request& cell) {
  return fmt::format("{} by {} x {}", name_of(cell.job), name_of(cell.how), cell.workers);
}

struct measured {
  cost spent;
  std::uint64_t checksum = 0;
};

measured measure(const demo_options& options, const cell_request& cell, std::uint64_t total) {
  auto command = options.cell_command;
  for (const std::string& argument :
       {std::string("--job"), std::string(name_of(cell.job)), std::string("--way"), std::string(name_of(cell.how)),
        std::string("--workers"), std::to_string(cell.workers), std::string("--first"), std::to_string(cell.first),
        std::string("--count"), std::to_string(cell.count)}) {
    command.push_back(argument);
  }
  std::string input;
  for (const std::string& url : cell.urls) input += url + "\n";
  const child_run ran = run_measured(command, input);
  if (ran.status != 0) throw error(fmt::format("the cell {} failed with status {}", label(cell), ran.status));
  const cell_report report = report_from_json(ran.out);
  const cost sample{cell.how, cell.workers, report.wall_s, ran.cpu_s, report.peak_bytes, report.items, total};
  return {scaled(sample, report.startup_cpu_s), report.checksum};
}

/// The sequential cell, then every way with every count.
std::vector<cell_request> cells_of(const demo_options& options, const cell_request& job,
                                   std::initializer_list<way> ways) {
  std::vector<cell_request> cells{job};
  for (const way how : ways) {
    for (const std::size_t workers : options.workers) {
      cells.push_back(job);
      cells.back().how = how;
      cells.back().workers = workers;
    }
  }
  return cells;
}

std::vector<measured> measure_all(const demo_options& options, const std::vector<cell_request>& cells,
                                  std::uint64_t total) {
  std::vector<measured> results;
  for (const cell_request& cell : cells) {
    if (options.on_progress) options.on_progress(label(cell), results.size(), cells.size());
    results.push_back(measure(options, cell, total));
  }
  return results;
}

std::vector<cost> costs_of(const std::vector<measured>& results) {
  std::vector<cost> costs;
  for (const measured& one : results) costs.push_back(one.spent);
  return costs;
}

/// How many numbers from first_number on take so long; the median of a few calls keeps one hiccup out.
std::uint64_t calibrated_count(const jobs& work, std::chrono::nanoseconds time) {
  std::array<double, 5> samples{};
  for (double& sample : samples) {
    const auto start = std::chrono::steady_clock::now();
    work.compute(first_number);
    sample = seconds(std::chrono::steady_clock::now() - start);
  }
  std::nth_element(samples.begin(), samples.begin() + 2, samples.end());
  return static_cast<std::uint64_t>(std::clamp(seconds(time) / std::max(samples[2], 1e-9), 2.0, 1e5));
}

}  // namespace

std::size_t pages_of_sample(std::size_t pages, std::chrono::nanoseconds delay, std::size_t workers,
                            std::chrono::nanoseconds budget) {
  const double rounds = std::max(1.0, std::floor(seconds(budget) / std::max(seconds(delay), 1e-6)));
  const double sample = rounds * static_cast<double>(workers);
  return sample < static_cast<double>(pages) ? static_cast<std::size_t>(sample) : pages;
}

comparison compare_fetch(const demo_options& options, const std::vector<std::string>& urls,
                         std::chrono::nanoseconds delay) {
  auto cells = cells_of(options, {.job = job_kind::fetch, .urls = urls}, {way::threads, way::processes, way::events});
  for (cell_request& cell : cells) {
    cell.urls.resize(pages_of_sample(urls.size(), delay, cell.workers, options.fetch_budget));
  }
  const auto results = measure_all(options, cells, urls.size());
  return compare_costs(job_kind::fetch,
                       fmt::format("I/O-bound: {} pages that take {:.3g} s each", urls.size(), seconds(delay)),
                       costs_of(results));
}

comparison compare_compute(const demo_options& options, const jobs& work) {
  const std::uint64_t count = calibrated_count(work, options.compute_time);
  const cell_request job{.job = job_kind::compute, .first = first_number, .count = count};
  const auto results = measure_all(options, cells_of(options, job, {way::threads, way::processes}), count);
  for (const measured& one : results) {
    if (one.checksum != results.front().checksum) {
      throw error(fmt::format("{} x {} gave other factorials than the sequential run", name_of(one.spent.how),
                              one.spent.workers));
    }
  }
  return compare_costs(
      job_kind::compute,
      fmt::format("CPU-bound: the {} factorials from {}! to {}!", count, first_number, first_number + count - 1),
      costs_of(results));
}

}  // namespace weft::compare
