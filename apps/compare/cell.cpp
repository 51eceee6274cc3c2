#include "compare/cell.hpp"

#include "compare/peak.hpp"

#include <weft/base/error.hpp>
#include <weft/pool/thread_pool_executor.hpp>
#include <weft/process/process_pool_executor.hpp>

#include <sys/resource.h>
#include <chrono>
#include <ranges>
#include <string_view>

namespace weft::compare {
namespace {

double cpu_seconds_so_far() {
  ::rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

std::uint64_t digest(std::string_view text) { return std::hash<std::string_view>()(text); }
std::uint64_t digest(std::uint64_t bytes) { return bytes; }

auto numbers_of(const cell_request& request) { return std::views::iota(request.first, request.first + request.count); }

void add_answer(cell_report& report, std::uint64_t answer) {
  report.checksum += answer;
  ++report.items;
}

template <class Work, class Items>
void do_sequentially(cell_report& report, Work work, const Items& items) {
  for (const auto& item : items) add_answer(report, digest(work(item)));
  report.peak_bytes = peak_memory_of_tree();
}

template <class Pool, class Work, class Items>
void do_on(Pool& pool, cell_report& report, Work work, const Items& items) {
  // Answers are used up as they come: the window keeps a slow reader from piling them up.
  const map_options window{.chunk = 1, .buffer = 4 * pool.max_workers()};
  for (auto&& answer : pool.map(work, items, window)) add_answer(report, digest(answer));
  report.peak_bytes = peak_memory_of_tree();
}

template <class Work, class Items>
void do_job(cell_report& report, const cell_request& request, Work work, const Items& items) {
  switch (request.how) {
    case way::sequential:
      return do_sequentially(report, work, items);
    case way::threads: {
      thread_pool_executor pool({.max_workers = request.workers});
      return do_on(pool, report, work, items);
    }
    case way::processes: {
      process_pool_executor pool({.max_workers = request.workers});
      return do_on(pool, report, work, items);
    }
    case way::events:
      break;
  }
  throw invalid_argument("the " + std::string(name_of(request.job)) + " job is not done by " +
                         std::string(name_of(request.how)));
}

void fetch_by_events(cell_report& report, const cell_request& request, const jobs& work) {
  report.checksum = work.fetch_by_events(request.urls, request.workers);
  report.items = request.urls.size();
  report.peak_bytes = peak_memory_of_tree();
}

}  // namespace

cell_report run_cell(const cell_request& request, const jobs& work) {
  cell_report report{.startup_cpu_s = cpu_seconds_so_far()};
  const auto start = std::chrono::steady_clock::now();
  if (request.job == job_kind::compute) {
    do_job(report, request, work.compute, numbers_of(request));
  } else if (request.how == way::events) {
    fetch_by_events(report, request, work);
  } else {
    do_job(report, request, work.fetch, request.urls);
  }
  report.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace weft::compare
