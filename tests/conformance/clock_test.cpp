// TIM-1: the settable clock has no say in any timed wait. Setting it is not for a test; instead nobody may ask it:
// - every read of CLOCK_REALTIME in this program comes through clock_gettime() below, which counts it and jumps an hour
//   forward or back at each call; gettimeofday() and time() count, too;
// - every system call that could wait until a point of that clock is trapped by a seccomp filter, and counted.
// The first tests show that both really catch.
#include "support/timed_waits.hpp"

#include <weft/process/process_pool_executor.hpp>
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <ctime>
#include <thread>

namespace {

// Plain integers with the compiler's atomics: these functions run before the sanitizers' runtimes are ready.
int reads_of_the_settable_clock = 0;
volatile std::sig_atomic_t waits_on_the_settable_clock = 0;

void count_read() { __atomic_fetch_add(&reads_of_the_settable_clock, 1, __ATOMIC_SEQ_CST); }
int reads() { return __atomic_load_n(&reads_of_the_settable_clock, __ATOMIC_SEQ_CST); }

}  // namespace

// The definitions of the program come before those of the C library, for libstdc++ too.
extern "C" [[gnu::no_sanitize("thread"), gnu::no_sanitize("address"), gnu::visibility("default")]] int clock_gettime(
    ::clockid_t clock, ::timespec* at) noexcept {
  const long result = ::syscall(SYS_clock_gettime, clock, at);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI) {
    count_read();
    at->tv_sec += reads() % 2 == 0 ? 3600 : -3600;
  }
  return static_cast<int>(result);
}

extern "C" [[gnu::no_sanitize("thread"), gnu::visibility("default")]] int gettimeofday(::timeval* now, void*) noexcept {
  ::timespec at{};
  const int result = clock_gettime(CLOCK_REALTIME, &at);
  *now = {.tv_sec = at.tv_sec, .tv_usec = at.tv_nsec / 1000};
  return result;
}

extern "C" [[gnu::no_sanitize("thread"), gnu::visibility("default")]] ::time_t time(::time_t* now) noexcept {
  ::timespec at{};
  clock_gettime(CLOCK_REALTIME, &at);
  if (now != nullptr) *now = at.tv_sec;
  return at.tv_sec;
}

namespace {

using namespace std::chrono_literals;

constexpr unsigned offset_of_number = offsetof(::seccomp_data, nr);
constexpr unsigned offset_of_argument(unsigned n) {
  return static_cast<unsigned>(offsetof(::seccomp_data, args)) + 8 * n;
}

constexpr ::sock_filter load(unsigned offset) { return {BPF_LD | BPF_W | BPF_ABS, 0, 0, offset}; }
constexpr ::sock_filter keep_bits(unsigned bits) { return {BPF_ALU | BPF_AND | BPF_K, 0, 0, bits}; }
// Goes on if equal, else skips the next `otherwise` instructions.
constexpr ::sock_filter if_equal(unsigned value, unsigned char otherwise) {
  return {BPF_JMP | BPF_JEQ | BPF_K, 0, otherwise, value};
}
constexpr ::sock_filter answer(unsigned what) { return {BPF_RET | BPF_K, 0, 0, what}; }

// Every system call that takes a time on a clock of the caller's choice, where that clock is the settable one.
// (setitimer, poll, epoll_wait, nanosleep and semtimedop take durations, which the kernel counts on the steady clock.)
constexpr std::array filter{
    load(offset_of_number),
    if_equal(SYS_futex, 9),
    load(offset_of_argument(1)),
    keep_bits(FUTEX_CLOCK_REALTIME),
    if_equal(FUTEX_CLOCK_REALTIME, 4),
    load(offset_of_argument(3)),  // the time; joining a thread names the clock, but has none
    if_equal(0, 3),
    load(offset_of_argument(3) + 4),
    if_equal(0, 1),
    answer(SECCOMP_RET_ALLOW),
    answer(SECCOMP_RET_TRAP),
    load(offset_of_number),
    if_equal(SYS_clock_nanosleep, 6),
    load(offset_of_argument(0)),
    if_equal(CLOCK_REALTIME, 3),
    load(offset_of_argument(1)),
    if_equal(TIMER_ABSTIME, 1),
    answer(SECCOMP_RET_TRAP),
    answer(SECCOMP_RET_ALLOW),
    load(offset_of_number),
    if_equal(SYS_timerfd_create, 3),
    load(offset_of_argument(0)),
    if_equal(CLOCK_REALTIME, 1),
    answer(SECCOMP_RET_TRAP),
    answer(SECCOMP_RET_ALLOW),
};

void count_wait(int, ::siginfo_t*, void*) { waits_on_the_settable_clock = waits_on_the_settable_clock + 1; }

// For this thread and all that it starts. False where the system does not allow it.
bool trap_waits_on_the_settable_clock() {
  struct ::sigaction action{};
  action.sa_sigaction = count_wait;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGSYS, &action, nullptr);
  auto instructions = filter;
  const ::sock_fprog program{.len = instructions.size(), .filter = instructions.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == 0 &&
         ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

class SettableClock : public ::testing::Test {
 protected:
  void SetUp() override {
    static const bool trapped = trap_waits_on_the_settable_clock();
    if (!trapped) GTEST_SKIP() << "seccomp filters are not allowed here";
    before_ = reads();
    waits_on_the_settable_clock = 0;
  }
  int reads_since() const { return reads() - before_; }

 private:
  int before_ = 0;
};

TEST_F(SettableClock, ReadsAreCountedAndLie) {
  const auto first = std::chrono::system_clock::now();
  const auto second = std::chrono::system_clock::now();
  EXPECT_GT(std::chrono::abs(second - first), 1h);
  EXPECT_EQ(reads_since(), 2);
  static_cast<void>(std::chrono::steady_clock::now());
  EXPECT_EQ(reads_since(), 2);
}

TEST_F(SettableClock, WaitsAreTrapped) {
  const std::uint32_t word = 0;
  const ::timespec past{};
  ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, 0, &past, nullptr,
            FUTEX_BITSET_MATCH_ANY);
  EXPECT_EQ(waits_on_the_settable_clock, 1);
  ::syscall(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &past, nullptr);
  EXPECT_EQ(waits_on_the_settable_clock, 2);
  ::syscall(SYS_timerfd_create, CLOCK_REALTIME, 0);
  EXPECT_EQ(waits_on_the_settable_clock, 3);
  // Not a wait on that clock: let through.
  EXPECT_EQ(
      ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, 0, &past, nullptr, FUTEX_BITSET_MATCH_ANY),
      -1);
  EXPECT_EQ(errno, ETIMEDOUT);
  EXPECT_EQ(waits_on_the_settable_clock, 3);
}

TEST_F(SettableClock, TIM_1_NoTimedWaitAsksIt) {
  for (const auto& each : weft::test::timed_waits()) {
    EXPECT_FALSE(each.wait(3ms)) << each.name;
    std::jthread waiter([&] { EXPECT_TRUE(each.wait(30s)) << each.name; });
    each.end();
    waiter.join();
    EXPECT_EQ(reads_since(), 0) << each.name;
    EXPECT_EQ(waits_on_the_settable_clock, 0) << each.name;
  }
}

TEST_F(SettableClock, TIM_1_NoProcessPoolAsksIt) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  const auto hang = [] {
    while (true) ::pause();
  };
  auto f = pool.submit({.time_limit = 20ms}, hang);
  EXPECT_THROW(f.result(30s), weft::time_limit_exceeded);
  auto g = pool.submit(hang);
  EXPECT_THROW(g.result(5ms), weft::timeout_error);
  pool.terminate_workers();
  EXPECT_TRUE(g.wait(30s));
  static_cast<void>(g.exception());
  EXPECT_EQ(reads_since(), 0);
  EXPECT_EQ(waits_on_the_settable_clock, 0);
}

}  // namespace
