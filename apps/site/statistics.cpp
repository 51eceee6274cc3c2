#include "site/statistics.hpp"

#include <algorithm>

namespace weft::apps::site {
namespace {

void open_one(statistics& seen) {
  ++seen.connections;
  seen.peak_connections = std::max(seen.peak_connections, ++seen.open_connections);
}

void arrive_one(statistics& seen, bool robots) {
  ++seen.requests;
  if (robots) ++seen.robots_requests;
  seen.peak_waiting = std::max(seen.peak_waiting, ++seen.waiting);
}

void abandon_one(statistics& seen) {
  ++seen.abandoned;
  --seen.waiting;
}

}  // namespace

recorder::recorder(std::size_t hosts, std::size_t kept_arrivals) : kept_arrivals_(kept_arrivals) {
  state_.lock()->hosts.resize(hosts);
}

void recorder::opened(std::size_t host) {
  const auto now = state_.lock();
  open_one(now->hosts[host]);
  open_one(now->site);
}

void recorder::closed(std::size_t host) {
  const auto now = state_.lock();
  --now->hosts[host].open_connections;
  --now->site.open_connections;
}

void recorder::arrived(std::size_t host, std::chrono::steady_clock::time_point when, bool robots) {
  const auto now = state_.lock();
  statistics& seen = now->hosts[host];
  arrive_one(seen, robots);
  arrive_one(now->site, robots);
  if (!robots && seen.arrivals.size() < kept_arrivals_) seen.arrivals.push_back(when);
}

void recorder::answered(std::size_t host) {
  const auto now = state_.lock();
  --now->hosts[host].waiting;
  --now->site.waiting;
}

void recorder::abandoned(std::size_t host) {
  const auto now = state_.lock();
  abandon_one(now->hosts[host]);
  abandon_one(now->site);
}

void recorder::rejected(std::size_t host) {
  const auto now = state_.lock();
  ++now->hosts[host].rejected;
  ++now->site.rejected;
}

void recorder::sent(std::size_t host, std::size_t bytes) {
  const auto now = state_.lock();
  now->hosts[host].bytes_sent += bytes;
  now->site.bytes_sent += bytes;
}

std::size_t recorder::open_connections() const { return state_.lock()->site.open_connections; }

statistics recorder::of_host(std::size_t host) const { return state_.lock()->hosts.at(host); }

statistics recorder::of_site() const { return state_.lock()->site; }

}  // namespace weft::apps::site
