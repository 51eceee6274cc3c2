#include <weft/base/assert.hpp>
#include <weft/base/parking.hpp>

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <climits>

namespace weft::detail {
namespace {

int operation(int op, futex_scope scope) noexcept {
  return scope == futex_scope::process_private ? op | FUTEX_PRIVATE_FLAG : op;
}

}  // namespace

park_result park(const futex_word& word, std::uint32_t expected, const deadline& until, futex_scope scope) noexcept {
  ::timespec at{};
  const ::timespec* limit = nullptr;
  if (!until.is_never()) {
    if (until.expired()) return park_result::timed_out;
    at = until.to_timespec();
    limit = &at;
  }
  // FUTEX_WAIT_BITSET takes an absolute time on CLOCK_MONOTONIC, which is the steady clock.
  const long result = ::syscall(SYS_futex, &word, operation(FUTEX_WAIT_BITSET, scope), expected, limit, nullptr,
                                FUTEX_BITSET_MATCH_ANY);
  if (result == 0) return park_result::woken;
  if (errno == ETIMEDOUT) return park_result::timed_out;
  WEFT_ASSERT(errno == EAGAIN || errno == EINTR);
  return park_result::woken;
}

int unpark(const futex_word* word, int count, futex_scope scope) noexcept {
  const long woken = ::syscall(SYS_futex, word, operation(FUTEX_WAKE, scope), count, nullptr, nullptr, 0);
  return woken < 0 ? 0 : static_cast<int>(woken);
}

int unpark_all(const futex_word* word, futex_scope scope) noexcept { return unpark(word, INT_MAX, scope); }

void spin_pause(unsigned round) noexcept {
  if (round % 64 == 63) {
    ::sched_yield();
    return;
  }
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield" ::: "memory");
#endif
}

}  // namespace weft::detail
