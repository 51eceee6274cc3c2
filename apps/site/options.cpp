#include "site/options.hpp"

#include <algorithm>
#include <stdexcept>

namespace weft::apps::site {
namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

}  // namespace

void check(const options& chosen) {
  require(chosen.pages >= 1 && chosen.pages <= 10'000'000, "a site must have from 1 to 10000000 pages");
  require(chosen.hosts >= 1 && chosen.hosts <= 20'000, "a site must have from 1 to 20000 hosts");
  require(chosen.delay >= std::chrono::nanoseconds(0) && chosen.delay <= std::chrono::hours(24),
          "the delay of a page must be from 0 to 24 hours");
  require(chosen.links >= 1 && chosen.links <= 1000, "a page must have from 1 to 1000 links");
  require(chosen.idle_timeout > std::chrono::milliseconds(0), "the idle timeout must be above 0");
  require(chosen.max_connections >= 1, "a site must allow at least 1 connection");
  const fault_rates& rates = chosen.faults;
  double sum = 0;
  for (const double rate :
       {rates.server_error, rates.too_many, rates.unavailable, rates.drop, rates.truncate, rates.hang}) {
    require(rate >= 0 && rate <= 1, "a fault rate must be from 0 to 1");
    sum += rate;
  }
  require(sum <= 1, "the fault rates together must be at most 1");
  for (const robots_rules& rules : chosen.robots) {
    require(rules.status >= 200 && rules.status <= 599, "the status of robots.txt must be from 200 to 599");
    require(rules.crawl_delay >= std::chrono::milliseconds(0), "the crawl delay must not be negative");
    for (const std::string& prefix : rules.disallow) {
      require(prefix.starts_with('/') && std::ranges::none_of(prefix, [](char c) { return c == '\r' || c == '\n'; }),
              "a disallowed path must be one line that begins with /");
    }
  }
}

}  // namespace weft::apps::site
