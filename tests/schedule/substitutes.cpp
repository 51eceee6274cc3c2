// Stands in for src/base/{parking,assert,cpu_count}.cpp where the library is compiled for the scheduler, and connects
// the substitutes for atomics and threads with the run of the calling thread.
#include "schedule/scheduler.hpp"

#include <weft/base/assert.hpp>
#include <weft/base/cpu_count.hpp>
#include <weft/base/parking.hpp>

#include <climits>
#include <cstdio>
#include <cstdlib>

namespace weft {
namespace {

// What can have no meaning outside of a run.
schedule::scheduler& run_of_this_thread(const char* what) noexcept {
  schedule::scheduler* const run = schedule::current();
  if (run == nullptr) {
    std::fprintf(stderr, "tests/schedule: %s outside of a scheduled run\n", what);
    std::abort();
  }
  return *run;
}

void fail_at(const char* what, const char* text, const char* file, unsigned line) noexcept {
  char message[1024];
  std::snprintf(message, sizeof message, "%s: %s (%s:%u)", what, text, file, line);
  run_of_this_thread(message).fail(message);
}

}  // namespace

namespace schedule {

void step(const operation& next) noexcept {
  if (scheduler* const run = current()) run->step(next);
}

void note(std::uint64_t seen, bool done) noexcept {
  if (scheduler* const run = current()) run->note(seen, done);
}

void born(const void* object) noexcept {
  if (scheduler* const run = current()) run->born(object);
}

void died(const void* object) noexcept {
  if (scheduler* const run = current()) run->died(object);
}

bool fails_weakly() noexcept {
  scheduler* const run = current();
  return run != nullptr && run->fails_weakly();
}

void check(bool holds, const char* text, std::source_location where) noexcept {
  if (!holds) fail_at("not so", text, where.file_name(), where.line());
}

thread_record* start(unique_function<void()> body) {
  return run_of_this_thread("a thread started").start(std::move(body));
}

void join(thread_record* thread) noexcept { run_of_this_thread("a thread joined").join(*thread); }

bool asleep(const thread_record* thread) noexcept { return thread->is == being::parked; }

std::thread& handle_of(thread_record* thread) noexcept { return thread->handle; }

}  // namespace schedule

/// The same on every machine, so that a seed is.
unsigned cpu_count() noexcept { return 2; }

namespace detail {

park_result park(const futex_word& word, std::uint32_t expected, const deadline& until, futex_scope) noexcept {
  return run_of_this_thread("park").park(word, expected, until);
}

int unpark(const futex_word* word, int count, futex_scope) noexcept {
  schedule::scheduler* const run = schedule::current();
  return run != nullptr ? run->unpark(word, count) : 0;
}

int unpark_all(const futex_word* word, futex_scope scope) noexcept { return unpark(word, INT_MAX, scope); }

bool spin_pause(unsigned) noexcept {
  run_of_this_thread("spin_pause").pause();
  return true;
}

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  fail_at("an invariant of weft is broken", expression, file, static_cast<unsigned>(line));
  std::abort();
}

}  // namespace detail
}  // namespace weft
