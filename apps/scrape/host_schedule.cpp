#include "scrape/host_schedule.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace weft::scrape {

struct host_schedule::host {
  explicit host(double rate) : bucket(std::in_place, token_bucket_options{.rate = rate, .burst = 1}) {}

  // By the time before which a page may not start, then by arrival: pages that were never put off have time zero.
  std::map<std::pair<time_point, std::uint64_t>, task_ptr> pages;
  std::optional<token_bucket> bucket;
  unsigned running = 0;
  bool held = false;
  time_point paused_until{};
  time_point last_start = time_point::min();
  std::optional<due> placed;  // its entry in the heap
};

host_schedule::host_schedule(const host_limits& limits) : limits_(limits) {}
host_schedule::~host_schedule() = default;

host_schedule::host& host_schedule::find(const std::string& origin) {
  auto& slot = hosts_[origin];
  if (!slot) slot = std::make_unique<host>(limits_.rate);
  return *slot;
}

void host_schedule::add(task_ptr page, time_point now, time_point earliest) {
  auto& at = find(page->at.origin);
  at.pages.emplace(std::pair(earliest, ++turns_), std::move(page));
  ++waiting_;
  place(at, now);
}

host_schedule::task_ptr host_schedule::take(time_point now) {
  if (heap_.empty() || std::get<time_point>(*heap_.begin()) > now) return {};
  host& at = *std::get<host*>(*heap_.begin());
  auto page = std::move(at.pages.begin()->second);
  at.pages.erase(at.pages.begin());
  --waiting_;
  static_cast<void>(at.bucket->reserve(1, now));
  at.last_start = now;
  ++at.running;
  place(at, now);
  return page;
}

void host_schedule::finished(const std::string& origin, time_point now) {
  auto& at = find(origin);
  --at.running;
  place(at, now);
}

void host_schedule::hold(const std::string& origin) {
  auto& at = find(origin);
  at.held = true;
  place(at, {});
}

void host_schedule::release(const std::string& origin, time_point now) {
  auto& at = find(origin);
  at.held = false;
  place(at, now);
}

void host_schedule::pause(const std::string& origin, time_point until, time_point now) {
  auto& at = find(origin);
  at.paused_until = std::max(at.paused_until, until);
  place(at, now);
}

void host_schedule::space_out(const std::string& origin, std::chrono::nanoseconds interval, time_point now) {
  auto& at = find(origin);
  const double rate = 1e9 / static_cast<double>(std::max<std::int64_t>(interval.count(), 1));
  const double present = at.bucket->options().rate;
  if (present > 0 && present <= rate) return;
  at.bucket.emplace(token_bucket_options{.rate = rate, .burst = 1});
  if (at.last_start > time_point::min()) static_cast<void>(at.bucket->reserve(1, at.last_start));
  place(at, now);
}

std::vector<host_schedule::task_ptr> host_schedule::remove(const std::string& origin,
                                                           const std::function<bool(const page_task&)>& unwanted,
                                                           time_point now) {
  auto& at = find(origin);
  std::vector<task_ptr> removed;
  for (auto page = at.pages.begin(); page != at.pages.end();) {
    if (unwanted(*page->second)) {
      removed.push_back(std::move(page->second));
      page = at.pages.erase(page);
    } else {
      ++page;
    }
  }
  waiting_ -= removed.size();
  place(at, now);
  return removed;
}

host_schedule::time_point host_schedule::next() const {
  return heap_.empty() ? time_point::max() : std::get<time_point>(*heap_.begin());
}

// Restores the invariant for one host after anything about it has changed.
void host_schedule::place(host& at, time_point now) {
  if (at.placed) heap_.erase(*at.placed);
  at.placed.reset();
  if (at.held || at.running >= limits_.at_once || at.pages.empty()) return;
  const auto when = std::max({now, at.paused_until, at.pages.begin()->first.first, at.bucket->next(1, now)});
  at.placed.emplace(when, ++turns_, &at);
  heap_.insert(*at.placed);
}

}  // namespace weft::scrape
