// The ways of doing one job that are compared, and the two kinds of job.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weft::compare {

enum class job_kind : std::uint8_t {
  fetch,    ///< I/O-bound: pages of a slow site
  compute,  ///< CPU-bound: factorials
};

enum class way : std::uint8_t {
  sequential,  ///< one after the other
  threads,     ///< blocking calls on a thread pool
  processes,   ///< blocking calls on a process pool
  events,      ///< one thread that waits for all (fetch only)
};

constexpr std::string_view name_of(job_kind job) { return job == job_kind::fetch ? "fetch" : "compute"; }

constexpr std::string_view name_of(way how) {
  switch (how) {
    case way::sequential:
      return "sequential";
    case way::threads:
      return "threads";
    case way::processes:
      return "processes";
    case way::events:
      return "events";
  }
  return "";
}

constexpr std::optional<job_kind> job_named(std::string_view name) {
  for (const job_kind job : {job_kind::fetch, job_kind::compute}) {
    if (name_of(job) == name) return job;
  }
  return std::nullopt;
}

constexpr std::optional<way> way_named(std::string_view name) {
  for (const way how : {way::sequential, way::threads, way::processes, way::events}) {
    if (name_of(how) == name) return how;
  }
  return std::nullopt;
}

}  // namespace weft::compare
