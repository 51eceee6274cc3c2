#include <weft/base/error.hpp>
#include <weft/sync/mutex.hpp>

namespace weft {
namespace {

// Long enough to outlast a short critical section on another core, short against the price of a sleep.
constexpr unsigned spin_rounds = 48;

}  // namespace

bool mutex::lock_slowly(const deadline& until) noexcept {
  for (unsigned round = 0; round < spin_rounds; ++round) {
    std::uint32_t seen = state_.load();
    if (seen == 0 && state_.compare_exchange_strong(seen, 1)) return true;
    if (seen == 2) break;  // others sleep already: spinning would only jump the queue
    detail::spin_pause(round);
  }
  while (state_.exchange(2) != 0) {
    if (detail::park(state_, 2, until) == detail::park_result::timed_out) {
      // state_ may stay 2 with nobody asleep: the next unlock then wakes nobody, which is harmless.
      return state_.exchange(2) == 0;
    }
  }
  return true;
}

bool mutex::try_lock_for(const deadline& until) {
  if (until.negative()) throw invalid_argument("mutex: a timeout is negative; give zero or more");
  std::uint32_t free = 0;
  return state_.compare_exchange_strong(free, 1) || lock_slowly(until);
}

void mutex::unlock_slowly(const detail::futex_word* state, std::uint32_t before) {
  if (before == 0) throw invalid_state("mutex: unlock of a lock that is not taken");
  detail::unpark(state, 1);
}

}  // namespace weft
