#include <weft/base/error.hpp>
#include <weft/flow/retry.hpp>

#include <thread>

namespace weft::detail {

retry_loop::retry_loop(const retry_options& options, const backoff& waits) : options_(options), waits_(waits) {
  if (options.max_attempts == 0) throw invalid_argument("retry: max_attempts is 0; give 1 (no second call) or more");
}

void retry_loop::failed(const std::exception_ptr& error) {
  ++failures_;
  if (failures_ >= options_.max_attempts || (options_.worth_it && !options_.worth_it(error, failures_))) {
    std::rethrow_exception(error);
  }
  const auto wait = waits_.next(failures_);
  if (!options_.until.is_never() && wait >= options_.until.remaining()) std::rethrow_exception(error);
  if (options_.sleep) {
    options_.sleep(wait);
  } else {
    std::this_thread::sleep_for(wait);
  }
}

}  // namespace weft::detail
