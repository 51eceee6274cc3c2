// The robots.txt of every host of a run: who has to be asked, what they said, and what that means for an address.
// No clock and no network of its own: it hands out requests and takes results.
#pragma once

#include <weft/flow/backoff.hpp>

#include "scrape/address.hpp"
#include "scrape/fetch.hpp"
#include "scrape/robots.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

namespace weft::scrape {

struct robots_options {
  std::string product = "weft";
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);
  unsigned retries = 3;
  backoff_options wait = {};
  unsigned at_once = 64;  ///< requests at once, beside those for pages
};

/// What may be done with an address.
struct robots_verdict {
  enum class answer : std::uint8_t { allowed, denied, unknown };
  answer is = answer::unknown;  ///< unknown: the host has not answered yet
  std::string why = {};         ///< when denied, for people
};

/// **Thread safety**: one thread at a time.
class robots_book {
 public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  explicit robots_book(robots_options options);

  /// Requests of this book have ids from here on, all others must be smaller.
  static constexpr std::uint64_t first_id = std::uint64_t{1} << 63;

  /// What is known for an address; a host asked about for the first time is put in line to be asked.
  [[nodiscard]] robots_verdict ask(const address& at);
  /// The next request to send, nothing if there is none now.
  [[nodiscard]] std::optional<fetch_request> next_request(time_point now);
  /// Takes the result of such a request. Returns the origin if its verdict is now known, nothing if it is asked again.
  [[nodiscard]] std::optional<std::string> finished(const fetch_result& result, time_point now);
  /// The Crawl-delay of a host whose verdict is known.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> crawl_delay(const std::string& origin) const;
  /// When next_request() may have something; never if only finished() can bring it about.
  [[nodiscard]] time_point next() const;

 private:
  struct entry {
    std::optional<robots_rules> rules;
    std::string unreachable;  // why the file could not be had
    unsigned attempts = 0;
  };
  using due = std::pair<time_point, std::string>;  // when, which origin

  void decide(entry& to, const fetch_result& result) const;

  const robots_options options_;
  backoff waits_;
  std::unordered_map<std::string, entry> entries_;
  std::priority_queue<due, std::vector<due>, std::greater<>> line_;
  std::unordered_map<std::uint64_t, std::string> asked_;  // requests under way, by id
  std::uint64_t last_id_ = first_id;
};

}  // namespace weft::scrape
