#include <weft/base/error.hpp>
#include <weft/flow/token_bucket.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <thread>

namespace weft {
namespace {

double interval_of(const token_bucket_options& options) {
  if (!std::isfinite(options.rate) || options.rate < 0) {
    throw invalid_argument("token_bucket: rate " + std::to_string(options.rate) +
                           " is not a number of tokens a second; give 0 (no limit) or more");
  }
  if (options.burst == 0) throw invalid_argument("token_bucket: a burst of 0 never gives a token; give 1 or more");
  return options.rate > 0 ? 1e9 / options.rate : 0.0;
}

}  // namespace

token_bucket::token_bucket(const token_bucket_options& options) : options_(options), interval_(interval_of(options)) {}

bool token_bucket::try_take(std::uint64_t count, time_point now) {
  if (interval_ <= 0) return true;
  if (count > options_.burst) {
    throw invalid_argument("token_bucket: " + std::to_string(count) + " tokens never come at once from a burst of " +
                           std::to_string(options_.burst) + "; take fewer or reserve()");
  }
  const scoped_lock guard(mutex_);
  if (usable(count, now) > now) return false;
  spend(count, now);
  return true;
}

token_bucket::time_point token_bucket::reserve(std::uint64_t count, time_point now) {
  if (interval_ <= 0) return now;
  const scoped_lock guard(mutex_);
  const auto when = usable(count, now);
  spend(count, now);
  return when;
}

token_bucket::time_point token_bucket::next(std::uint64_t count, time_point now) const {
  if (interval_ <= 0) return now;
  const scoped_lock guard(mutex_);
  return usable(count, now);
}

bool token_bucket::take(std::uint64_t count, const deadline& until) {
  if (interval_ <= 0) return true;
  const auto now = clock::now();
  time_point when;
  {
    const scoped_lock guard(mutex_);
    when = usable(count, now);
    if (when > now && when > until.time()) return false;
    spend(count, now);
  }
  if (when > now) std::this_thread::sleep_until(when);
  return true;
}

token_bucket::time_point token_bucket::usable(std::uint64_t count, time_point now) const {
  const bool full = spent_ == 0 || at(spent_) <= now;
  const std::uint64_t owed = (full ? 0 : spent_) + count;
  if (owed <= options_.burst) return now;
  const auto since = std::chrono::nanoseconds(
      static_cast<std::int64_t>(std::ceil(std::min(9e18, interval_ * static_cast<double>(owed - options_.burst)))));
  const auto start = full ? now : anchor_;
  return since >= time_point::max() - start ? time_point::max() : std::max(now, start + since);
}

void token_bucket::spend(std::uint64_t count, time_point now) {
  if (spent_ == 0 || at(spent_) <= now) {
    anchor_ = now;
    spent_ = 0;
  }
  spent_ += count;
}

token_bucket::time_point token_bucket::at(std::uint64_t tokens) const {
  const auto since = std::chrono::nanoseconds(std::llround(std::min(9e18, interval_ * static_cast<double>(tokens))));
  return since >= time_point::max() - anchor_ ? time_point::max() : anchor_ + since;
}

}  // namespace weft
