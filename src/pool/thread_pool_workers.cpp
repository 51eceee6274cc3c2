// What the pool's workers do: find tasks, run them, sleep, end.
#include "pool/thread_pool.hpp"

#include <weft/base/error.hpp>
#include <weft/future/error_hook.hpp>

#include <pthread.h>
#include <sched.h>
#include <algorithm>
#include <cerrno>
#include <system_error>

namespace weft::detail {

void thread_pool::work(worker& self) noexcept {
  become_worker(this, &operations, &self);
  if (initialize(self)) {
    while (task* const item = next_task(self)) {
      self.busy.store(true, std::memory_order_relaxed);  // order: a figure for statistics
      self.count(run_as_worker(*item));
      self.busy.store(false, std::memory_order_relaxed);  // order: as above
    }
    finalize();
  }
  end(self);
}

bool thread_pool::initialize(worker& self) noexcept {
  try {
    ::pthread_setname_np(::pthread_self(), (prefix_ + "_" + std::to_string(self.index)).substr(0, 15).c_str());
    if (!affinity_.empty()) {
      ::cpu_set_t cpus;
      CPU_ZERO(&cpus);
      for (const int cpu : affinity_) CPU_SET(static_cast<std::size_t>(cpu), &cpus);
      const int error = ::pthread_setaffinity_np(::pthread_self(), sizeof cpus, &cpus);
      if (error != 0) throw std::system_error(error, std::generic_category(), "pthread_setaffinity_np");
    }
    const scoped_lock held(callables_lock_);
    if (initializer_) initializer_();
    return true;
  } catch (...) {
    const std::exception_ptr cause = std::current_exception();
    report_lost_error(error_source::initializer, cause);
    break_pool(cause);
    const scoped_lock held(lock_);
    if (self.looking) --looking_;
    self.looking = false;
    --live_;
    return false;
  }
}

void thread_pool::finalize() noexcept {
  try {
    const scoped_lock held(callables_lock_);
    if (finalizer_) finalizer_();
  } catch (...) {
    report_lost_error(error_source::initializer, std::current_exception());
  }
}

// The last step of a worker's thread; after it only others touch what the pool keeps for it.
void thread_pool::end(worker& self) noexcept {
  worker* next = nullptr;
  {
    const scoped_lock held(lock_);
    self.ended = true;
    if (shut_down_ && !ordered_.has_delayed() && !sleepers_.empty()) {
      next = wake_sleeper(*sleepers_.back());  // it may have slept only because a delayed task was left
    }
    note_attention();
  }
  wake(next);
}

// Steps 2, 4 and 5 of the protocol. Null: the worker ends.
task* thread_pool::next_task(worker& self) noexcept {
  bool ends = false;
  task* found = special_.load() ? take_special(self, ends) : nullptr;
  if (ends) return nullptr;
  if (found == nullptr) found = take_own(self);
  if (found == nullptr) found = take_from_lanes(self);
  if (found != nullptr && !self.looking) return found;
  if (found != nullptr) return settle(self, found, ends);
  return search(self);
}

// Tasks that do not wait in line, and the order to retire.
task* thread_pool::take_special(worker& self, bool& ends) noexcept {
  const scoped_lock held(lock_);
  if (live_ > max_workers_.load() && retire(self)) {
    ends = true;
    return nullptr;
  }
  task* item = ordered_.take(1);
  if (item == nullptr) item = ordered_.take_due();
  note_attention();
  return leave_seat(item);
}

// A pool that has become smaller: what this worker has goes to the others. False if there is no memory for that.
bool thread_pool::retire(worker& self) noexcept {
  try {
    while (task* const item = self.batch.take()) lanes_[0].put_back(*item);
    while (task* const item = self.spawned.pop()) {
      sit_or_stand();
      lanes_[0].put_back(*item);
    }
  } catch (const std::bad_alloc&) {
    return false;
  }
  if (self.looking) --looking_;
  self.looking = false;
  --live_;
  note_attention();
  if (worker* const chosen = waiting() != 0 ? choose_sleeper() : nullptr) wake(chosen);
  return true;
}

// Without the lock: what this worker's tasks have spawned, newest first, then its batch. Now and then the lanes come
// first, so that tasks that spawn each other for ever do not starve them.
task* thread_pool::take_own(worker& self) noexcept {
  if (++self.since_queue % 64 == 0) {
    if (task* const item = self.batch.take()) return leave_seat(item);
    if (task* const item = take_from_lanes(self)) return item;
  }
  if (task* const item = self.spawned.pop()) return item;
  return leave_seat(self.batch.take());
}

task* thread_pool::take_from_lanes(worker& self) noexcept {
  for (std::size_t i = 0; i <= lanes_mask_; ++i) {
    lane& each = lanes_[(self.index + i) & lanes_mask_];
    if (each.seems_empty()) continue;
    // Only an empty batch can be filled; thieves may empty it, but nobody else fills it.
    if (task* const item = each.take(self.batch.size() == 0 ? &self.batch : nullptr)) return leave_seat(item);
  }
  return nullptr;
}

task* thread_pool::steal() noexcept {
  for (const auto& other : workers_) {
    if (task* const item = other->spawned.steal()) return item;
    if (task* const item = other->batch.take()) return leave_seat(item);
  }
  return nullptr;
}

task* thread_pool::search(worker& self) noexcept {
  bool ends = false;
  while (true) {
    task* const found = may_spin(self) ? spin(self) : nullptr;
    if (task* const item = settle(self, found, ends)) return item;
    if (ends) return nullptr;
    sleep(self);
    if (self.waker_processor.load() == ::sched_getcpu()) leave_processor(self);
    if (special_.load()) {
      if (task* const item = take_special(self, ends)) return settle(self, item, ends);
      if (ends) return nullptr;
    }
  }
}

// One worker at a time looks around for a while before it sleeps.
bool thread_pool::may_spin(worker& self) noexcept {
  const scoped_lock held(lock_);
  if (spinning_) return false;
  spinning_ = true;
  self.spins = true;
  if (!self.looking) ++looking_;
  self.looking = true;
  note_attention();
  return true;
}

task* thread_pool::spin(worker& self) noexcept {
  for (unsigned round = 0; round < spin_rounds; ++round) {
    if (task* const item = take_from_lanes(self)) return item;
    if (special_.load()) return nullptr;
    if (round % 8 == 0) {
      const scoped_lock held(lock_);
      if (task* const item = steal()) return item;
      if (shut_down_) return nullptr;
    }
    if (!spin_pause(round)) {
      leave_processor(self);
      return nullptr;
    }
  }
  return nullptr;
}

// Threads that hand work to each other may share a processor while another one is idle, and the kernel's balancing
// takes many milliseconds to notice. So this worker moves away, rarely: it forbids itself this processor, which takes
// effect at once, and allows it again.
void thread_pool::leave_processor(worker& self) noexcept {
  using namespace std::chrono_literals;
  const auto now = deadline::clock::now();
  if (now - self.placed < 10ms) return;
  self.placed = now;
  ::cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2) return;
  ::cpu_set_t others = allowed;
  CPU_CLR(static_cast<std::size_t>(::sched_getcpu()), &others);
  if (::sched_setaffinity(0, sizeof others, &others) == 0) ::sched_setaffinity(0, sizeof allowed, &allowed);
}

// The end of a search. With a task: others are woken for what is left. Without: this worker is put among the sleepers,
// then everything is looked at once more (README, step 4). Null: it shall sleep, or end.
task* thread_pool::settle(worker& self, task* found, bool& ends) noexcept {
  worker* helper = nullptr;
  {
    const scoped_lock held(lock_);
    if (self.looking) --looking_;
    self.looking = false;
    if (self.spins) spinning_ = false;
    self.spins = false;
    if (found == nullptr) {
      fall_asleep(self);
      note_attention();
      found = look_everywhere(self);
      ends = found == nullptr && ((shut_down_ && !ordered_.has_delayed()) || live_ > max_workers_.load());
      if (found != nullptr || ends) take_out_sleeper(self);
      if (ends) --live_;
    }
    note_attention();
    if (found != nullptr && attention_.load() && looking_ == 0 && waiting() != 0) helper = reinforce_if_possible();
    if (found != nullptr && helper == nullptr) helper = new_time_keeper();  // a worker is alive: it does not throw
    note_attention();
  }
  wake(helper);
  return found;
}

// A worker that cannot start another one leaves it at that: the tasks wait for those that there are.
thread_pool::worker* thread_pool::reinforce_if_possible() noexcept {
  try {
    return reinforce();
  } catch (...) {
    return nullptr;
  }
}

// Lanes before batches: see lane.hpp.
task* thread_pool::look_everywhere(worker& self) noexcept {
  for (std::size_t i = 0; i <= lanes_mask_; ++i) {
    if (task* const item = lanes_[i].take(self.batch.size() == 0 ? &self.batch : nullptr)) return leave_seat(item);
  }
  if (task* const item = steal()) return item;
  if (task* const item = ordered_.take(ordered_tasks::any_priority)) return leave_seat(item);
  return leave_seat(ordered_.take_due());
}

// The first sleeper while a delayed task waits keeps time; it is the last to be woken for other work.
void thread_pool::fall_asleep(worker& self) noexcept {
  self.signal.store(0);
  self.keeps_time = ordered_.has_delayed() && (sleepers_.empty() || !sleepers_.front()->keeps_time);
  sleepers_.insert(self.keeps_time ? sleepers_.begin() : sleepers_.end(), &self);
}

void thread_pool::take_out_sleeper(worker& self) noexcept {
  sleepers_.erase(std::ranges::find(sleepers_, &self));
  self.keeps_time = false;
}

// Sleeps until it is woken or, if it keeps time, the next delayed task is due.
void thread_pool::sleep(worker& self) noexcept {
  deadline until;
  {
    const scoped_lock held(lock_);
    if (self.keeps_time) until = ordered_.next_due();
  }
  while (self.signal.load() == 0) {
    if (park(self.signal, 0, until) != park_result::timed_out) continue;
    const scoped_lock held(lock_);
    if (self.signal.load() != 0 || self.looking) continue;  // somebody has chosen it at this moment
    take_out_sleeper(self);
    self.looking = true;
    ++looking_;
    note_attention();
    return;
  }
}

void thread_pool::before_end(worker_context& context) noexcept {
  worker& self = *static_cast<worker*>(context.slot);
  auto& pool = *static_cast<thread_pool*>(context.executor);
  if (pool.attention_.load() && self.batch.size() == 0 && self.spawned.size() == 0) pool.tell_that_it_looks(self);
}

// The task that ends has nothing after it, and whoever waits for it may submit the next one at once: this worker will
// look for that, so nobody needs to be woken.
void thread_pool::tell_that_it_looks(worker& self) noexcept {
  const scoped_lock held(lock_);
  if (self.looking) return;
  self.looking = true;
  ++looking_;
  note_attention();
}

}  // namespace weft::detail
