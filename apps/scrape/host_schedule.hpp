// Which page may be asked for next: a queue for each host, limits for each host, and one timer heap over the hosts.
// No clock and no thread of its own: the caller says what time it is, and is told when to come back.
//
// Invariants: 1. a host is in the heap exactly once if it has a page that only has to wait for a time, and under that
// time; else not at all. 2. hosts that are due at the same time take turns.
#pragma once

#include <weft/flow/token_bucket.hpp>

#include "scrape/address.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace weft::scrape {

/// A page on its way through the scraper.
struct page_task {
  std::string url;  // as it was given
  address at;
  unsigned attempts = 0;
};

struct host_limits {
  unsigned at_once = 2;  ///< pages of one host at once
  double rate = 2.0;     ///< pages a second of one host, 0: no limit
};

/// **Thread safety**: one thread at a time.
class host_schedule {
 public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;
  using task_ptr = std::unique_ptr<page_task>;

  explicit host_schedule(const host_limits& limits);
  host_schedule(const host_schedule&) = delete;
  host_schedule& operator=(const host_schedule&) = delete;
  ~host_schedule();

  /// Queues a page at its host, not to be started before `earliest`. Pages that were already due come first.
  void add(task_ptr page, time_point now, time_point earliest = {});
  /// The next page that may start now, null if there is none. It counts at its host until finished().
  [[nodiscard]] task_ptr take(time_point now);
  /// A page of this host that was taken is done with (for now).
  void finished(const std::string& origin, time_point now);

  /// Nothing of this host is started until release().
  void hold(const std::string& origin);
  void release(const std::string& origin, time_point now);
  /// Nothing of this host is started before `until`.
  void pause(const std::string& origin, time_point until, time_point now);
  /// Two pages of this host are started at least this far apart, if the rate does not ask for more already.
  void space_out(const std::string& origin, std::chrono::nanoseconds interval, time_point now);
  /// Takes the waiting pages of this host that `unwanted` picks out of the queue.
  [[nodiscard]] std::vector<task_ptr> remove(const std::string& origin,
                                             const std::function<bool(const page_task&)>& unwanted, time_point now);

  /// When take() will have something if nothing else happens; never if only another call can bring it about.
  [[nodiscard]] time_point next() const;
  /// Pages that wait here.
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  struct host;
  using due = std::tuple<time_point, std::uint64_t, host*>;  // when, whose turn, which host

  host& find(const std::string& origin);
  void place(host& at, time_point now);

  const host_limits limits_;
  std::unordered_map<std::string, std::unique_ptr<host>> hosts_;
  std::set<due> heap_;
  std::uint64_t turns_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace weft::scrape
