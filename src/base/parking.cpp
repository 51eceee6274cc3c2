#include <weft/base/assert.hpp>
#include <weft/base/parking.hpp>

#include <linux/futex.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <climits>

namespace weft::detail {
namespace {

int operation(int op, futex_scope scope) noexcept {
  return scope == futex_scope::process_private ? op | FUTEX_PRIVATE_FLAG : op;
}

// How often the kernel has taken the processor from this thread.
long switches_of_this_thread() noexcept {
  ::rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nivcsw;
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

bool spin_pause(unsigned round) noexcept {
  if (round % 64 == 63) {
    const long before = switches_of_this_thread();
    ::sched_yield();
    return switches_of_this_thread() == before;
  }
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield" ::: "memory");
#endif
  return true;
}

}  // namespace weft::detail
