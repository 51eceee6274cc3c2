#include "scrape/retry_rule.hpp"

#include <fmt/format.h>

namespace weft::scrape {

bool worth_retrying(const fetch_result& result) noexcept {
  switch (result.failure) {
    case fetch_failure::connect:
    case fetch_failure::reset:
    case fetch_failure::truncated:
    case fetch_failure::timeout:
      return true;
    case fetch_failure::none:
      break;
    default:
      return false;
  }
  switch (result.status) {
    case 408:
    case 425:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return false;
  }
}

std::string problem_of(const fetch_result& result) {
  if (result.failure != fetch_failure::none) return result.error;
  if (result.status >= 200 && result.status <= 299) return {};
  return fmt::format("status {}", result.status);
}

}  // namespace weft::scrape
