// What a demo site is made of: how many pages on how many hosts, how slow, how faulty, and its limits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weft::apps::site {

/// What a host's /robots.txt says.
struct robots_rules {
  int status = 200;                          ///< other than 200: this status and no rules
  std::vector<std::string> disallow;         ///< path prefixes; empty: everything is allowed
  std::chrono::milliseconds crawl_delay{0};  ///< 0: no Crawl-delay line
};

/// Which share of the requests for pages meets a fault, each from 0 to 1, together at most 1. What the n-th
/// request for a page meets depends on the seed, the page and n alone, so a run can be repeated.
struct fault_rates {
  double server_error = 0;              ///< answered 500
  double too_many = 0;                  ///< answered 429 with Retry-After
  double unavailable = 0;               ///< answered 503 with Retry-After
  double drop = 0;                      ///< the connection closes without an answer
  double truncate = 0;                  ///< the connection closes in the middle of the body
  double hang = 0;                      ///< no answer until the client goes
  std::chrono::seconds retry_after{1};  ///< what Retry-After says
};

struct options {
  std::uint64_t pages = 100;
  std::size_t hosts = 1;
  std::chrono::nanoseconds delay{0};  ///< from the arrival of a request for a page to its answer
  std::uint16_t port = 0;             ///< the same on every host; 0: one that is free on all of them
  /// The first host's address, in 127.0.0.0/8; the others follow it. The site never listens elsewhere.
  std::string first_address = "127.0.1.1";
  std::uint64_t links = 4;  ///< a page's links downward in the tree that reaches every page
  std::uint64_t seed = 1;   ///< of texts, cross links and faults
  fault_rates faults;
  std::vector<robots_rules> robots;                ///< host i has robots[i % size]; empty: all is allowed
  std::size_t max_connections = 16'384;            ///< open at once; further ones are closed at once
  std::chrono::milliseconds idle_timeout{60'000};  ///< a connection that makes no progress this long is closed
  std::size_t kept_arrivals = 10'000;              ///< arrival times kept a host, the first ones
};

/// **Errors**: std::invalid_argument naming what is out of range and what would be right.
void check(const options& chosen);

}  // namespace weft::apps::site
