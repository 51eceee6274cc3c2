#include <weft/base/error.hpp>
#include <weft/future/detail/resumption.hpp>
#include <weft/future/error_hook.hpp>

namespace weft::detail {

void resume_here(std::coroutine_handle<> suspended) noexcept {
  try {
    suspended.resume();
  } catch (...) {
    report_lost_error(error_source::callback, std::current_exception());
  }
}

bool resumption::posted() noexcept {
  auto expected = step::posting;
  return step_.compare_exchange_strong(expected, step::posted) || expected != step::lost;
}

resumption::call::~call() {
  if (of_ == nullptr) return;
  of_->dropped_by_ = std::make_exception_ptr(
      cancelled_error("the executor dropped a coroutine that it had taken: it was shut down with pending::cancel"));
  auto expected = step::posting;
  if (of_->step_.compare_exchange_strong(expected, step::lost)) return;
  if (expected == step::posted && of_->step_.exchange(step::over) != step::over) resume_here(of_->suspended_);
}

void resumption::call::operator()() noexcept {
  const auto mine = std::exchange(of_, nullptr);
  if (mine->step_.exchange(step::over) != step::over) resume_here(mine->suspended_);
}

}  // namespace weft::detail
