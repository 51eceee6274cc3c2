#include "schedule/scheduler.hpp"

#include <unistd.h>
#include <cerrno>
#include <exception>

namespace weft::schedule {
namespace {

// A run of the tests makes hundreds of steps, thousands with long spins.
constexpr std::uint64_t most_steps = 50'000;

constexpr int failed_status = 3;

scheduler* current_run = nullptr;
constinit thread_local thread_record* this_thread = nullptr;

void take_baton(thread_record& self) noexcept {
  while (::sem_wait(&self.baton) != 0 && errno == EINTR) {
  }
}

void give_baton(thread_record& to) noexcept { ::sem_post(&to.baton); }

}  // namespace

scheduler* current() noexcept { return this_thread != nullptr ? current_run : nullptr; }

scheduler::scheduler(std::uint64_t seed, std::uint64_t choices, report& failed, std::size_t steps_shown)
    : report_(failed), steps_shown_(steps_shown), seed_(seed), strategy_(seed, choices) {
  current_run = this;
}

scheduler::~scheduler() { current_run = nullptr; }

void scheduler::enter() noexcept {
  threads_.push_back(std::make_unique<thread_record>(0));
  this_thread = threads_.front().get();
  strategy_.admit(this_thread->rank);
}

void scheduler::leave() noexcept {
  thread_record& self = *this_thread;
  end(self);
  take_baton(self);  // from the last one to end
  for (const auto& each : threads_) {
    if (each->handle.joinable()) each->handle.join();
  }
}

void scheduler::step(const operation& next) noexcept {
  thread_record& self = *this_thread;
  if (next.what != action::load && next.what != action::pause) self.rank.sprint = 0;
  disturb();
  reschedule(self);
  if (++steps_ == most_steps / 2) strategy_.be_fair();
  trace_.add(steps_, self.number, next);
  if (next.what <= action::park && dead_.contains(next.object)) fail("an atomic is used after its destruction");
  if (steps_ == most_steps) fail("no end: the bound on steps is reached");
}

void scheduler::pause() noexcept {
  strategy_.pauses(this_thread->rank);
  step({.what = action::pause});
}

detail::park_result scheduler::park(const detail::futex_word& word, std::uint32_t expected,
                                    const deadline& until) noexcept {
  thread_record& self = *this_thread;
  step({.what = action::park, .object = &word, .operand = expected});
  if (until.expired()) return detail::park_result::timed_out;
  if (word.peek() != expected) {
    note(word.peek(), false);
    return detail::park_result::woken;
  }
  self.timed = !until.is_never();
  self.timed_out = false;
  block(self, being::parked, &word);
  return self.timed_out ? detail::park_result::timed_out : detail::park_result::woken;
}

int scheduler::unpark(const void* word, int count) noexcept {
  step({.what = action::unpark, .object = word, .operand = static_cast<std::uint64_t>(count)});
  int woken = 0;
  const auto sleeps = [word](const thread_record& each) { return each.is == being::parked && each.waits_for == word; };
  for (; woken < count && !those(sleeps).empty(); ++woken) wake(any_of(found_), false);
  note(static_cast<std::uint64_t>(woken), true);
  return woken;
}

thread_record* scheduler::start(unique_function<void()> body) {
  step({.what = action::start, .operand = threads_.size()});
  auto fresh = std::make_unique<thread_record>(static_cast<unsigned>(threads_.size()));
  thread_record& self = *fresh;
  self.body = std::move(body);
  strategy_.admit(self.rank);
  self.handle = std::thread([this, &self] { live(self); });
  threads_.push_back(std::move(fresh));
  return &self;
}

// Step 4: what is constructed first of a thread's thread_local objects is destroyed last.
void scheduler::live(thread_record& self) noexcept {
  static thread_local struct last_object {
    thread_record* record = nullptr;
    ~last_object() {
      if (record != nullptr) current_run->end(*record);
    }
  } last;
  last.record = &self;
  this_thread = &self;
  take_baton(self);
  self.body();
  self.body = nullptr;
}

void scheduler::end(thread_record& self) noexcept {
  step({.what = action::end});
  self.is = being::ended;
  for (thread_record* joiner : those([&](const thread_record& each) { return each.waits_for == &self; })) {
    wake(*joiner, false);
  }
  this_thread = nullptr;
  const bool last = those([](const thread_record& each) { return each.is != being::ended; }).empty();
  give_baton(last ? *threads_.front() : choose(self));
}

void scheduler::join(thread_record& thread) noexcept {
  step({.what = action::join, .operand = thread.number});
  if (thread.is != being::ended) block(*this_thread, being::joining, &thread);
}

void scheduler::block(thread_record& self, being how, const void* on) noexcept {
  self.is = how;
  self.waits_for = on;
  reschedule(self);
}

void scheduler::wake(thread_record& thread, bool timed_out) noexcept {
  thread.is = being::ready;
  thread.waits_for = nullptr;
  thread.timed_out = timed_out;
}

void scheduler::reschedule(thread_record& self) noexcept {
  thread_record& next = choose(self);
  if (&next == &self) return;
  give_baton(next);
  take_baton(self);
}

thread_record& scheduler::choose(thread_record& running) noexcept {
  const auto is_ready = [](const thread_record& each) { return each.is == being::ready; };
  if (those(is_ready).empty()) {
    if (!let_time_pass()) fail("every thread is blocked: a wake-up was lost, or never given");
    those(is_ready);
  }
  ready_.clear();
  for (thread_record* each : found_) ready_.push_back(&each->rank);
  return *found_[strategy_.choose(ready_, running.rank)];
}

// Nobody can run: the deadline of somebody passes. False if nobody has one.
bool scheduler::let_time_pass() noexcept {
  if (those([](const thread_record& each) { return each.is == being::parked && each.timed; }).empty()) return false;
  thread_record& late = any_of(found_);
  trace_.add(steps_, late.number, {.what = action::time_out});
  wake(late, true);
  return true;
}

void scheduler::disturb() noexcept {
  if (those([](const thread_record& each) { return each.is == being::parked; }).empty()) return;
  if (!strategy_.disturbs()) return;
  thread_record& disturbed = any_of(found_);
  const bool late = disturbed.timed && strategy_.random().once_in(2);
  trace_.add(steps_, disturbed.number, {.what = late ? action::time_out : action::wake_for_nothing});
  wake(disturbed, late);
}

thread_record& scheduler::any_of(const std::vector<thread_record*>& candidates) noexcept {
  return *candidates[strategy_.random().below(candidates.size())];
}

template <class Predicate>
const std::vector<thread_record*>& scheduler::those(Predicate predicate) {
  found_.clear();
  for (const auto& each : threads_) {
    if (predicate(*each)) found_.push_back(each.get());
  }
  return found_;
}

void scheduler::describe(const char* what) noexcept {
  report_.add("seed %llu (%s), step %llu: %s\n", static_cast<unsigned long long>(seed_), strategy_.name(),
              static_cast<unsigned long long>(steps_), what);
  for (const auto& each : threads_) {
    report_.add("  T%u ", each->number);
    if (each->is == being::ready) report_.add(each.get() == this_thread ? "runs\n" : "can run\n");
    if (each->is == being::ended) report_.add("has ended\n");
    if (each->is == being::parked) report_.add("sleeps\n");
    if (each->is == being::joining) {
      report_.add("joins T%u\n", static_cast<const thread_record*>(each->waits_for)->number);
    }
  }
  report_.add("the last steps:\n");
  trace_.write(report_, steps_shown_);
}

void scheduler::fail(const char* what) noexcept {
  describe(what);
  ::_exit(failed_status);
}

}  // namespace weft::schedule
