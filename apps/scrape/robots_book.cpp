#include "scrape/robots_book.hpp"

#include "scrape/retry_rule.hpp"

#include <utility>

namespace weft::scrape {

robots_book::robots_book(robots_options options) : options_(std::move(options)), waits_(options_.wait) {}

robots_verdict robots_book::ask(const address& at) {
  const auto [found, first] = entries_.try_emplace(at.origin);
  if (first) line_.emplace(time_point{}, at.origin);
  const auto& known = found->second;
  if (!known.rules) return {};
  if (known.rules->allowed(at.target)) return {.is = robots_verdict::answer::allowed};
  return {.is = robots_verdict::answer::denied,
          .why = known.unreachable.empty() ? "forbidden by robots.txt"
                                           : "robots.txt could not be read, which forbids all: " + known.unreachable};
}

std::optional<fetch_request> robots_book::next_request(time_point now) {
  if (next() > now) return {};
  const auto origin = line_.top().second;
  line_.pop();
  ++entries_[origin].attempts;
  asked_.emplace(++last_id_, origin);
  // RFC 9309, 2.3.1.2: at least five redirects are followed.
  return fetch_request{.id = last_id_,
                       .url = origin + "/robots.txt",
                       .timeout = options_.timeout,
                       .max_body = robots_rules::max_size,
                       .cut_body = true,
                       .max_redirects = 5};
}

std::optional<std::string> robots_book::finished(const fetch_result& result, time_point now) {
  const auto node = asked_.extract(result.id);
  const auto& origin = node.mapped();
  auto& to = entries_[origin];
  if (worth_retrying(result) && to.attempts <= options_.retries) {
    line_.emplace(
        now + std::max(waits_.next(to.attempts), result.retry_after.value_or(std::chrono::nanoseconds::zero())),
        origin);
    return {};
  }
  decide(to, result);
  return origin;
}

// RFC 9309, 2.3.1: a file that is not there allows everything, one that cannot be had forbids everything.
void robots_book::decide(entry& to, const fetch_result& result) const {
  const bool answered = result.failure == fetch_failure::none;
  if (answered && result.status >= 200 && result.status <= 299) {
    to.rules = robots_rules::parse(result.body, options_.product);
  } else if (result.failure == fetch_failure::redirects || (answered && result.status >= 300 && result.status <= 499)) {
    to.rules = robots_rules();
  } else {
    to.rules = robots_rules::deny_all();
    to.unreachable = problem_of(result);
  }
}

std::optional<std::chrono::nanoseconds> robots_book::crawl_delay(const std::string& origin) const {
  const auto found = entries_.find(origin);
  return found == entries_.end() || !found->second.rules ? std::nullopt : found->second.rules->crawl_delay();
}

robots_book::time_point robots_book::next() const {
  return line_.empty() || asked_.size() >= options_.at_once ? time_point::max() : line_.top().first;
}

}  // namespace weft::scrape
