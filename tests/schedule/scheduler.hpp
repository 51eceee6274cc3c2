// Runs the threads of a program one at a time, in an order that a seed decides.
//
// Protocol
// 1. The threads are real ones (thread_local, exceptions and stacks are as ever), and one has the baton: it runs. All
//    others wait for theirs, a semaphore each. Only the holder of the baton touches the scheduler, so that nothing
//    here needs a lock.
// 2. Before each operation that others could notice (step.hpp) the holder lets the strategy choose who runs next, and
//    hands the baton over if it is another.
// 3. park() of a word that still holds the value takes the thread out of the choice, until unpark() of the address, a
//    disturbance (a spurious wake-up or, with a deadline, its end) or, if nobody else can run, the end of a deadline.
//    Time is what the strategy makes it: no clock is read but to see whether a deadline is over from the start.
// 4. A thread ends when its thread_local objects are gone; the last one gives the baton back to the thread of run().
//
// The run fails, and with it the process, if nobody can run (a lost wake-up), if it makes more steps than the bound,
// if an atomic is used after its destruction, or if check() or an assertion of the library says so.
#pragma once

#include "schedule/os_thread.hpp"
#include "schedule/strategy.hpp"
#include "schedule/trace.hpp"

#include <weft/base/parking.hpp>

#include <semaphore.h>
#include <memory>
#include <unordered_set>
#include <vector>

namespace weft::schedule {

enum class being : std::uint8_t { ready, parked, joining, ended };

struct thread_record {
  explicit thread_record(unsigned n) noexcept : number(n) { ::sem_init(&baton, 0, 0); }
  thread_record(const thread_record&) = delete;
  thread_record& operator=(const thread_record&) = delete;
  ~thread_record() { ::sem_destroy(&baton); }

  const unsigned number;
  being is = being::ready;
  const void* waits_for = nullptr;  // the word of a parked thread, the record of the thread that is joined
  bool timed = false;               // parked with a deadline
  bool timed_out = false;
  standing rank;
  ::sem_t baton;
  unique_function<void()> body;
  std::thread handle;
};

class scheduler {
 public:
  /// A failure is described in `failed`. One at a time in a process.
  scheduler(std::uint64_t seed, std::uint64_t choices, report& failed, std::size_t steps_shown);
  scheduler(const scheduler&) = delete;
  scheduler& operator=(const scheduler&) = delete;
  ~scheduler();

  /// Runs `body` in the calling thread as T0. Returns when all threads have ended.
  template <class Body>
  void run(const Body& body) {
    enter();
    body();
    leave();
  }

  /// Choices between threads that the run has made.
  std::uint64_t choices() const noexcept { return strategy_.choices(); }
  /// Describes what happened, who waits for what, and the last steps.
  void describe(const char* what) noexcept;
  [[noreturn]] void fail(const char* what) noexcept;

  // For the holder of the baton.
  void step(const operation& next) noexcept;
  void note(std::uint64_t seen, bool done) noexcept { trace_.note(seen, done); }
  void born(const void* object) { dead_.erase(object); }
  void died(const void* object) { dead_.insert(object); }
  bool fails_weakly() noexcept { return strategy_.fails_weakly(); }
  detail::park_result park(const detail::futex_word& word, std::uint32_t expected, const deadline& until) noexcept;
  int unpark(const void* word, int count) noexcept;
  void pause() noexcept;
  thread_record* start(unique_function<void()> body);
  void join(thread_record& thread) noexcept;

 private:
  void enter() noexcept;
  void leave() noexcept;
  void live(thread_record& self) noexcept;
  void end(thread_record& self) noexcept;
  void block(thread_record& self, being how, const void* on) noexcept;
  void reschedule(thread_record& self) noexcept;
  thread_record& choose(thread_record& running) noexcept;
  thread_record& any_of(const std::vector<thread_record*>& candidates) noexcept;
  bool let_time_pass() noexcept;
  void disturb() noexcept;
  void wake(thread_record& thread, bool timed_out) noexcept;
  template <class Predicate>
  const std::vector<thread_record*>& those(Predicate predicate);

  report& report_;
  const std::size_t steps_shown_;
  const std::uint64_t seed_;
  strategy strategy_;
  trace trace_;
  std::uint64_t steps_ = 0;
  std::unordered_set<const void*> dead_;  // addresses of atomics that were destroyed
  std::vector<std::unique_ptr<thread_record>> threads_;
  std::vector<thread_record*> found_;  // what those() returned last
  std::vector<standing*> ready_;
};

/// The run of this process that the calling thread belongs to; null outside of one.
scheduler* current() noexcept;

}  // namespace weft::schedule
