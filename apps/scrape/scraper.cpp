#include "scrape/scraper.hpp"

#include <weft/base/error.hpp>

#include "scrape/address.hpp"
#include "scrape/fetcher.hpp"
#include "scrape/host_schedule.hpp"
#include "scrape/output_stage.hpp"
#include "scrape/retry_rule.hpp"
#include "scrape/robots.hpp"
#include "scrape/robots_book.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace weft::scrape {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr std::size_t most_queued = 16'384;  // pages taken from the source ahead of their turn
constexpr auto progress_interval = 200ms;

void check(const scrape_options& options) {
  if (options.workers == 0) throw invalid_argument("scrape: workers is 0; give 1 or more");
  if (options.per_host == 0) throw invalid_argument("scrape: per_host is 0; give 1 or more");
  if (!std::isfinite(options.rate) || options.rate < 0)
    throw invalid_argument("scrape: rate is not a number of requests a second; give 0 (no limit) or more");
  if (options.timeout <= 0ns) throw invalid_argument("scrape: the timeout is not above zero");
  if (options.max_body == 0) throw invalid_argument("scrape: max_body is 0; give 1 or more bytes");
}

/// One run: moves pages from the source through the hosts' queues and the network to the output. Everything here
/// happens on one thread.
class engine {
 public:
  engine(const scrape_options& options, const url_source& source, const record_sink& sink)
      : options_(options),
        source_(source),
        fetcher_({.user_agent = options.user_agent, .kept_connections = std::max(64U, 2 * options.workers)}),
        schedule_({.at_once = options.per_host, .rate = options.rate}),
        robots_({.product = product_token(options.user_agent),
                 .timeout = options.timeout,
                 .retries = options.retries,
                 .wait = options.wait,
                 .at_once = std::max(64U, options.workers)}),
        waits_(options.wait),
        output_(options.parsers, sink, [this] { fetcher_.wake(); }) {}

  scrape_summary run();

 private:
  bool finished() const { return exhausted_ && schedule_.waiting() == 0 && running_.empty(); }
  void refill();
  void admit(std::string url);
  void start_robots();
  void start_pages();
  bool may_start() const { return running_.size() < options_.workers && !output_.full(); }
  deadline next_event() const;
  void take(fetch_result result);
  void robots_known(const std::string& origin);
  bool put_off(host_schedule::task_ptr& page, const fetch_result& result);
  void deliver(const page_task& page, fetch_result result);
  void deny(const page_task& page, const std::string& why);
  void report(bool at_the_end);

  const scrape_options& options_;
  const url_source& source_;
  fetcher fetcher_;
  host_schedule schedule_;
  robots_book robots_;
  backoff waits_;
  std::unordered_set<std::string> seen_;
  std::unordered_map<std::uint64_t, host_schedule::task_ptr> running_;
  std::uint64_t last_id_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t duplicates_ = 0;
  bool exhausted_ = false;
  clock::time_point now_{};
  clock::time_point reported_{};
  output_stage output_;  // last: its threads use what stands above
};

scrape_summary engine::run() {
  const auto began = clock::now();
  const std::stop_callback on_stop(options_.stop, [this] { fetcher_.wake(); });
  while (!options_.stop.stop_requested() && !output_.failed()) {
    now_ = clock::now();
    refill();
    if (finished()) break;
    start_robots();
    start_pages();
    for (auto& result : fetcher_.wait(next_event())) take(std::move(result));
    report(false);
  }
  const bool interrupted = !finished();
  output_.finish();
  report(true);
  auto tally = output_.tally();
  return {.ok = tally.ok,
          .failed = tally.failed,
          .duplicates = duplicates_,
          .bytes = tally.bytes,
          .requests = requests_,
          .wall = clock::now() - began,
          .interrupted = interrupted,
          .first_error = std::move(tally.first_error)};
}

void engine::refill() {
  while (!exhausted_ && schedule_.waiting() < most_queued && !output_.full()) {
    auto url = source_();
    if (url) {
      admit(std::move(*url));
    } else {
      exhausted_ = true;
    }
  }
}

void engine::admit(std::string url) {
  auto page = std::make_unique<page_task>();
  page->url = std::move(url);
  auto at = address::parse(page->url);
  if (!at) return deny(*page, "not an address; write http://HOST/PATH or https://HOST/PATH");
  page->at = std::move(*at);
  if (!seen_.insert(page->at.text).second) {
    ++duplicates_;
    return;
  }
  if (options_.robots == robots_policy::obey) {
    const auto verdict = robots_.ask(page->at);
    if (verdict.is == robots_verdict::answer::denied) return deny(*page, verdict.why);
    if (verdict.is == robots_verdict::answer::unknown) schedule_.hold(page->at.origin);
  }
  schedule_.add(std::move(page), now_);
}

void engine::start_robots() {
  while (auto request = robots_.next_request(now_)) fetcher_.start(std::move(*request));
}

void engine::start_pages() {
  while (may_start()) {
    auto page = schedule_.take(now_);
    if (!page) return;
    ++page->attempts;
    ++requests_;
    fetcher_.start({.id = ++last_id_,
                    .url = page->at.text,
                    .timeout = options_.timeout,
                    .max_body = options_.max_body,
                    .max_redirects = options_.max_redirects});
    running_.emplace(last_id_, std::move(page));
  }
}

deadline engine::next_event() const {
  auto at = robots_.next();
  if (may_start()) at = std::min(at, schedule_.next());
  if (options_.on_progress) at = std::min(at, reported_ + progress_interval);
  return at;
}

void engine::take(fetch_result result) {
  now_ = clock::now();
  if (result.id >= robots_book::first_id) {
    if (const auto origin = robots_.finished(result, now_)) robots_known(*origin);
    return;
  }
  auto node = running_.extract(result.id);
  auto page = std::move(node.mapped());
  schedule_.finished(page->at.origin, now_);
  if (!put_off(page, result)) deliver(*page, std::move(result));
}

void engine::robots_known(const std::string& origin) {
  const auto denied = schedule_.remove(
      origin, [&](const page_task& page) { return robots_.ask(page.at).is == robots_verdict::answer::denied; }, now_);
  for (const auto& page : denied) deny(*page, robots_.ask(page->at).why);
  if (const auto asked = robots_.crawl_delay(origin))
    schedule_.space_out(origin, std::min(*asked, options_.max_pause), now_);
  schedule_.release(origin, now_);
}

// Puts the page back in its host's queue if another attempt is worth it; a Retry-After holds the whole host.
bool engine::put_off(host_schedule::task_ptr& page, const fetch_result& result) {
  if (!worth_retrying(result)) return false;
  const auto asked = result.retry_after.value_or(0ns);
  if (asked > 0ns) schedule_.pause(page->at.origin, now_ + std::min(asked, options_.max_pause), now_);
  if (page->attempts > options_.retries || asked > options_.max_pause) return false;
  const auto wait = std::max(waits_.next(page->attempts), asked);
  schedule_.add(std::move(page), now_, now_ + wait);
  return true;
}

void engine::deliver(const page_task& page, fetch_result result) {
  auto problem = problem_of(result);
  if (result.retry_after.value_or(0ns) > options_.max_pause) {
    problem += fmt::format(", and the host asks to wait {} s",
                           std::chrono::duration_cast<std::chrono::seconds>(*result.retry_after).count());
  }
  const auto bytes = result.body.size();
  output_.put({.url = page.url,
               .final_url = std::move(result.final_url),
               .status = result.status,
               .bytes = bytes,
               .content_type = std::move(result.content_type),
               .elapsed = result.elapsed,
               .attempts = page.attempts,
               .title = {},
               .links = {},
               .error = std::move(problem)},
              std::move(result.body));
}

void engine::deny(const page_task& page, const std::string& why) {
  page_record record;
  record.url = page.url;
  record.attempts = page.attempts;
  record.error = why;
  output_.put(std::move(record));
}

void engine::report(bool at_the_end) {
  if (!options_.on_progress || (!at_the_end && now_ < reported_ + progress_interval)) return;
  reported_ = now_;
  const auto tally = output_.tally();
  options_.on_progress({.ok = tally.ok,
                        .failed = tally.failed,
                        .bytes = tally.bytes,
                        .requests = requests_,
                        .in_flight = running_.size(),
                        .queued = schedule_.waiting()});
}

}  // namespace

scrape_summary run(const scrape_options& options, const url_source& source, const record_sink& sink) {
  check(options);
  return engine(options, source, sink).run();
}

scrape_summary run(const scrape_options& options, std::span<const std::string> urls, const record_sink& sink) {
  std::size_t next = 0;
  return run(
      options,
      [&]() -> std::optional<std::string> { return next < urls.size() ? std::optional(urls[next++]) : std::nullopt; },
      sink);
}

}  // namespace weft::scrape
