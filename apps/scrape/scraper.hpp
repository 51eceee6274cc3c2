// Fetching many pages at once, politely: the scraper as a library. `weft scrape` is a thin shell over run().
//
// One thread fetches (libcurl on epoll), a pool of threads parses, one thread hands the records to the sink.
// Every host has its own queue, its own limit of requests at once and its own rate; a host that is slow, paused or
// waits for its robots.txt holds up no other, and nobody sleeps for it.
#pragma once

#include <weft/flow/backoff.hpp>

#include "scrape/record.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

namespace weft::scrape {

enum class robots_policy : std::uint8_t {
  obey,    ///< ask each host for robots.txt first and keep to it (RFC 9309)
  ignore,  ///< for one's own servers
};

/// How far a run has come.
struct scrape_progress {
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;      ///< of bodies, after decompression
  std::uint64_t requests = 0;   ///< for pages, repeated ones counted
  std::uint64_t in_flight = 0;  ///< requests for pages right now
  std::uint64_t queued = 0;     ///< taken from the source, waiting for their turn
};

struct scrape_options {
  /// Requests for pages at once, over all hosts.
  unsigned workers = 16;
  /// Requests at once to one host (scheme, name and port).
  unsigned per_host = 2;
  /// Requests a second to one host, never two closer than 1 / rate; 0 lifts the limit. A Crawl-delay in robots.txt
  /// that asks for more is kept. The request for robots.txt itself is not counted.
  double rate = 2.0;
  /// For one attempt, from name resolution to the last byte.
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);
  /// Further attempts after connection failures, timeouts, truncated bodies and the statuses 408 425 429 500 502 503
  /// 504.
  unsigned retries = 3;
  /// The waits between the attempts, with full jitter.
  backoff_options wait{.base = std::chrono::milliseconds(500), .factor = 2.0, .cap = std::chrono::seconds(30)};
  robots_policy robots = robots_policy::obey;
  std::string user_agent = "weft/0.1";
  /// A longer body fails its page. Bytes, after decompression.
  std::uint64_t max_body = std::uint64_t{32} << 20;
  unsigned max_redirects = 10;
  /// A longer Retry-After is not waited for: the page fails. Also the longest Crawl-delay that is kept.
  std::chrono::nanoseconds max_pause = std::chrono::minutes(5);
  /// Threads that parse; 0: as many as there are cores to use.
  unsigned parsers = 0;
  /// Ends the run early: nothing new is started, requests under way are dropped, records that are done reach the sink.
  std::stop_token stop = {};
  /// Called on the thread of run(), a few times a second, and once at the end.
  std::function<void(const scrape_progress&)> on_progress = {};
};

struct scrape_summary {
  std::uint64_t ok = 0;          ///< pages fetched
  std::uint64_t failed = 0;      ///< pages whose record has an error
  std::uint64_t duplicates = 0;  ///< addresses given again; fetched once
  std::uint64_t bytes = 0;       ///< of bodies, after decompression
  std::uint64_t requests = 0;
  std::chrono::nanoseconds wall{};
  bool interrupted = false;  ///< stopped before every page had its record
  std::string first_error;   ///< "URL: error" of the first failed page, empty if there is none
};

/// The next URL to fetch, nothing at the end. Called on the thread of run(), never far ahead of what is fetched.
using url_source = std::function<std::optional<std::string>()>;
/// Takes one record; called on one thread, in the order in which pages are done. What it throws ends the run.
using record_sink = std::function<void(const page_record&)>;

/// Fetches every URL of `source` once (addresses that mean the same count as one) and gives each one's record to
/// `sink`; an empty sink drops them. A page that cannot be had has a record with an error.
/// **Blocks** until every page has its record, or the stop is asked for.
/// **Thread safety**: any number of runs at once; their limits do not add up.
/// **Errors**: invalid_argument for options that cannot work; what source or sink threw; system_error when the system
/// refuses sockets or threads. **Cost**: bodies and queues are bounded, the addresses seen are remembered.
scrape_summary run(const scrape_options& options, const url_source& source, const record_sink& sink = {});

/// The same for a list.
scrape_summary run(const scrape_options& options, std::span<const std::string> urls, const record_sink& sink = {});

}  // namespace weft::scrape
