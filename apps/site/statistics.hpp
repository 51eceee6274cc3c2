// What a host of the demo site has seen, and the recorder that its connections report to.
#pragma once

#include <weft/sync/guarded.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft::apps::site {

struct statistics {
  std::uint64_t requests = 0;         ///< well-formed ones, robots.txt included
  std::uint64_t robots_requests = 0;  ///< for /robots.txt
  std::uint64_t rejected = 0;         ///< malformed or too large
  std::uint64_t abandoned = 0;        ///< the client went before its answer was sent
  std::uint64_t bytes_sent = 0;
  std::uint64_t connections = 0;  ///< accepted ever
  std::size_t open_connections = 0;
  std::size_t peak_connections = 0;
  std::size_t waiting = 0;  ///< requests that arrived and have no complete answer yet
  std::size_t peak_waiting = 0;
  /// When the requests other than robots.txt arrived, in order; the first ones (options::kept_arrivals).
  std::vector<std::chrono::steady_clock::time_point> arrivals;
};

/// **Thread safety**: every member from any thread.
class recorder {
 public:
  recorder(std::size_t hosts, std::size_t kept_arrivals);

  void opened(std::size_t host);
  void closed(std::size_t host);
  void arrived(std::size_t host, std::chrono::steady_clock::time_point when, bool robots);
  /// The request that arrived() is over: its answer was sent, or its client has gone.
  void answered(std::size_t host);
  void abandoned(std::size_t host);
  void rejected(std::size_t host);
  void sent(std::size_t host, std::size_t bytes);

  std::size_t open_connections() const;
  statistics of_host(std::size_t host) const;
  /// Over all hosts; peaks are of the whole site, and arrivals stay empty.
  statistics of_site() const;

 private:
  struct state {
    std::vector<statistics> hosts;
    statistics site;
  };
  const std::size_t kept_arrivals_;
  guarded<state> state_;
};

}  // namespace weft::apps::site
