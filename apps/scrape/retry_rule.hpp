// Which failed requests are worth another attempt.
#pragma once

#include "scrape/fetch.hpp"

#include <string>

namespace weft::scrape {

/// True for failures that pass by themselves: connection failures, timeouts, truncated bodies, and the statuses 408 425
/// 429 500 502 503 504.
[[nodiscard]] bool worth_retrying(const fetch_result& result) noexcept;

/// Why this is no fetched page, for people; empty if it is one (no failure, status 200 to 299).
[[nodiscard]] std::string problem_of(const fetch_result& result);

}  // namespace weft::scrape
