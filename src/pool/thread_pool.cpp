// What callers of the pool do: submit, shut down, ask.
#include "pool/thread_pool.hpp"

#include <weft/base/cpu_count.hpp>
#include <weft/base/error.hpp>

#include <sched.h>
#include <algorithm>
#include <bit>
#include <utility>

namespace weft::detail {
namespace {

constexpr std::size_t most_workers_unasked = 1024;
constexpr std::size_t fewest_lanes = 4;
constexpr std::size_t most_lanes = 16;
// Enough for every submitter that may be waiting for a place when the pool is shut down.
constexpr std::size_t seats_at_the_end = std::size_t{1} << 32;

void check_max_workers(std::size_t asked, bool many) {
  if (asked > most_workers_unasked && !many) {
    throw invalid_argument("thread_pool_executor: max_workers is " + std::to_string(asked) +
                           "; more than 1024 threads rarely help: set allow_many_workers if they are meant");
  }
}

std::size_t checked_max_workers(const thread_pool_options& options) {
  if (options.max_workers == 0) return std::min<std::size_t>(32, cpu_count() + 4);
  check_max_workers(options.max_workers, options.allow_many_workers);
  return options.max_workers;
}

// A number a thread, so that threads that submit at the same time meet in different lanes.
std::size_t number_of_this_thread() noexcept {
  static atom<std::size_t> next{0};
  thread_local const std::size_t number = next.fetch_add(1);
  return number;
}

thread_pool& pool_of(void* core) noexcept { return *static_cast<thread_pool*>(core); }

}  // namespace

const executor_operations thread_pool::operations{
    .enqueue = [](void* core, task& item) { pool_of(core).enqueue(item); },
    .spawn = [](void* core, task& item, const void* tag) { pool_of(core).spawn(item, tag); },
    .take_spawned = [](void* slot,
                       const void* tag) noexcept { return static_cast<worker*>(slot)->spawned.take_if(tag); },
    .shutdown = [](void* core, wait_for how_long,
                   pending what) { pool_of(core).shutdown(how_long, what, running::finish); },
    .max_workers = [](const void* core) noexcept { return static_cast<const thread_pool*>(core)->max_workers(); },
    .stop_token = [](const void* core) { return static_cast<const thread_pool*>(core)->stop_source_.get_token(); },
    .before_end = &thread_pool::before_end};

thread_pool::thread_pool(thread_pool_options options)
    : prefix_(std::move(options.thread_name_prefix)),
      affinity_(std::move(options.affinity)),
      max_queued_(options.max_queued),
      when_full_(options.on_full),
      lanes_mask_(std::clamp<std::size_t>(std::bit_ceil(cpu_count()), fewest_lanes, most_lanes) - 1),
      lanes_(std::make_unique<lane[]>(lanes_mask_ + 1)),
      initializer_(std::move(options.initializer)),
      finalizer_(std::move(options.finalizer)),
      seats_(static_cast<std::ptrdiff_t>(std::min(options.max_queued, seats_at_the_end))),
      max_workers_(checked_max_workers(options)) {}

thread_pool::worker* thread_pool::own_worker() const noexcept {
  const worker_context& caller = this_worker();
  return caller.executor == this ? static_cast<worker*>(caller.slot) : nullptr;
}

lane& thread_pool::lane_of_this_thread() noexcept { return lanes_[number_of_this_thread() & lanes_mask_]; }

void thread_pool::enqueue(task& item) {
  if (item.home() == nullptr) item.set_home(this);
  if (worker* const self = own_worker()) {
    if (!push_spawned(*self, item, nullptr)) accept_spawned(*self, item, nullptr);
    return;
  }
  const seat place = take_seat(item);
  if (place == seat::ran_in_caller) return;
  lane& own = lane_of_this_thread();
  bool stored = false;
  try {
    stored = own.push(item);
  } catch (...) {
    if (place == seat::taken) seats_.release();
    item.drop_keeper();
    throw;
  }
  if (!stored) {
    if (place == seat::taken) seats_.release();
    refuse(item);
  }
  if (attention_.load()) attend(&own, &item);
}

void thread_pool::enqueue(task& item, const task_options& how) {
  if (how.priority == 0 && how.delay <= how.delay.zero()) {
    enqueue(item);
    return;
  }
  if (item.home() == nullptr) item.set_home(this);
  if (own_worker() != nullptr) {
    sit_or_stand();
  } else if (take_seat(item) == seat::ran_in_caller) {
    return;
  }
  try {
    accept_ordered(item, how);
  } catch (...) {
    static_cast<void>(leave_seat(&item));
    item.drop_keeper();
    throw;
  }
}

void thread_pool::spawn(task& item, const void* tag) {
  worker* const self = own_worker();
  if (self == nullptr) {
    enqueue(item);
    return;
  }
  if (item.home() == nullptr) item.set_home(this);
  if (!push_spawned(*self, item, tag)) accept_spawned(*self, item, tag);
}

// The short way for a task that spawns another: no lock, nobody to tell. False: take the long way.
bool thread_pool::push_spawned(worker& self, task& item, const void* tag) noexcept {
  if (attention_.load() || !self.spawned.push(item, tag)) return false;
  if (attention_.load()) attend(nullptr, nullptr);  // somebody went to sleep meanwhile, and may not have seen the task
  return true;
}

void thread_pool::accept_spawned(worker& self, task& item, const void* tag) {
  // A shutdown that comes after the look does not matter: this worker empties its deque before it ends.
  try {
    {
      const scoped_lock held(lock_);
      if (const std::exception_ptr refused = refusal()) std::rethrow_exception(refused);
    }
    if (!self.spawned.push(item, tag)) {
      self.spawned.grow();
      WEFT_ASSERT(self.spawned.push(item, tag));
    }
  } catch (...) {
    item.drop_keeper();
    throw;
  }
  attend(nullptr, nullptr);
}

void thread_pool::accept_ordered(task& item, const task_options& how) {
  worker* chosen = nullptr;
  {
    const scoped_lock held(lock_);
    if (const std::exception_ptr refused = refusal()) std::rethrow_exception(refused);
    const bool delayed = how.delay > how.delay.zero();
    delayed ? ordered_.add_delayed(item, how.delay) : ordered_.add(item, how.priority);
    try {
      chosen = delayed ? tell_the_time_keeper() : reinforce();
    } catch (...) {
      // As in attend(): with a worker alive the task only waits longer.
      if (live_ == 0) {
        ordered_.take_back(item);
        throw;
      }
    }
    note_attention();
  }
  wake(chosen);
}

// A place in a bounded queue, for a caller that is no worker of the pool.
thread_pool::seat thread_pool::take_seat(task& item) {
  if (max_queued_ == 0) return seat::not_needed;
  if (seats_.try_acquire()) return seat::taken;
  switch (when_full_) {
    case when_full::block:
      seats_.acquire();
      return seat::taken;
    case when_full::run_in_caller:
      run_as_worker(item);
      return seat::ran_in_caller;
    case when_full::refuse:
      break;
  }
  item.drop_keeper();
  throw queue_full("thread_pool_executor: " + std::to_string(max_queued_) + " tasks wait already");
}

// The same for a worker of the pool, who never waits and is never refused.
void thread_pool::sit_or_stand() noexcept {
  if (max_queued_ != 0 && !seats_.try_acquire()) without_seat_.fetch_add(1);
}

// A task has left the queue.
task* thread_pool::leave_seat(task* item) noexcept {
  if (max_queued_ == 0 || item == nullptr) return item;
  std::size_t standing = without_seat_.load();
  while (standing != 0) {
    if (without_seat_.compare_exchange_weak(standing, standing - 1)) return item;
  }
  seats_.release();
  return item;
}

void thread_pool::refuse(task& item) {
  std::exception_ptr refused;
  try {
    const scoped_lock held(lock_);
    refused = refusal();
  } catch (...) {  // there is no memory for the error itself
    refused = std::current_exception();
  }
  item.drop_keeper();
  std::rethrow_exception(refused);
}

std::exception_ptr thread_pool::refusal() const {
  if (broken_by_ != nullptr) return broken_by_;
  if (closing_) return std::make_exception_ptr(shutdown_error("thread_pool_executor: submit after shutdown"));
  return nullptr;
}

// After a push that found attention_ set. Without any worker, and where none can be started, the push is undone.
void thread_pool::attend(lane* pushed_to, task* item) {
  worker* chosen = nullptr;
  {
    const scoped_lock held(lock_);
    try {
      chosen = reinforce();
    } catch (...) {
      // With a worker alive the task only waits longer; without one it would wait for ever.
      if (live_ == 0 && pushed_to != nullptr && pushed_to->take_back(*item)) {
        leave_seat(item)->drop_keeper();
        throw;
      }
    }
    note_attention();
  }
  wake(chosen);
}

// A sleeper to wake, and a new worker if more tasks wait than workers will look for them.
thread_pool::worker* thread_pool::reinforce() {
  const std::size_t idle = sleepers_.size() + looking_;
  worker* const chosen = choose_sleeper();
  if (live_ < max_workers_.load() && !broken_by_ && waiting() > idle) {
    try {
      start_worker();
    } catch (...) {
      if (chosen == nullptr) throw;
    }
  }
  return chosen;
}

void thread_pool::note_attention() noexcept {
  attention_.store((!sleepers_.empty() && looking_ == 0) || live_ < max_workers_.load() || shut_down_);
  special_.store(ordered_.has(1) || ordered_.has_delayed() || live_ > max_workers_.load());
}

void thread_pool::start_worker() {
  sleepers_.reserve(workers_.size() + 1);  // so that a worker never allocates to go to sleep
  const auto ended = std::ranges::find_if(workers_, [](const auto& each) { return each->ended; });
  const bool fresh = ended == workers_.end();
  if (fresh) workers_.push_back(std::make_unique<worker>(workers_.size()));
  worker& self = fresh ? *workers_.back() : **ended;
  if (self.thread.joinable()) self.thread.join();  // it has retired and is past its last step
  try {
    self.ended = false;
    self.thread = os_thread([pool = shared_from_this(), &self] { pool->work(self); });
    if (detached_) self.thread.detach();
  } catch (...) {
    self.ended = true;
    if (fresh) workers_.pop_back();
    throw;
  }
  ++live_;
}

// After a delayed task has come: whoever keeps time must learn of an earlier one; if nobody does, somebody must begin.
thread_pool::worker* thread_pool::tell_the_time_keeper() {
  if (!sleepers_.empty() && sleepers_.front()->keeps_time) return wake_sleeper(*sleepers_.front());
  return new_time_keeper();
}

// Nobody sleeps until the next delayed task is due, and nobody is about to: a sleeper to wake, who will, or a new
// worker.
// **Errors**: as start_worker(), if there is no worker at all.
thread_pool::worker* thread_pool::new_time_keeper() {
  if (!ordered_.has_delayed() || looking_ != 0) return nullptr;
  if (!sleepers_.empty()) return sleepers_.front()->keeps_time ? nullptr : wake_sleeper(*sleepers_.back());
  if (live_ >= max_workers_.load()) return nullptr;  // all work, and look at the time between tasks
  try {
    start_worker();
  } catch (...) {
    if (live_ == 0) throw;
  }
  return nullptr;
}

thread_pool::worker* thread_pool::wake_sleeper(worker& chosen) noexcept {
  take_out_sleeper(chosen);
  chosen.looking = true;
  ++looking_;
  return &chosen;
}

// A sleeper to wake for new work; none if somebody looks for work already: that one will wake the next.
thread_pool::worker* thread_pool::choose_sleeper() {
  if (looking_ != 0 || sleepers_.empty()) return nullptr;
  return wake_sleeper(*sleepers_.back());
}

void thread_pool::wake(worker* chosen) noexcept {
  if (chosen == nullptr) return;
  chosen->waker_processor.store(::sched_getcpu());
  chosen->signal.store(1);
  unpark(&chosen->signal, 1);
}

std::size_t thread_pool::waiting() const noexcept {
  std::size_t count = ordered_.ready();
  for (std::size_t i = 0; i <= lanes_mask_; ++i) count += lanes_[i].size();
  for (const auto& each : workers_) count += each->batch.size() + each->spawned.size();
  return count;
}

// Whatever waits, due or not.
task* thread_pool::take_anything() noexcept {
  for (std::size_t i = 0; i <= lanes_mask_; ++i) {
    if (task* const item = lanes_[i].take(nullptr)) return leave_seat(item);
  }
  if (task* const item = steal()) return item;
  if (task* const item = ordered_.take(ordered_tasks::any_priority)) return leave_seat(item);
  return leave_seat(ordered_.take_first_delayed());
}

// Ends the intake, wakes every sleeper, and hands what waits to `let_go` unless it shall still run.
template <class Let>
void thread_pool::empty_and_wake(pending what, running those, Let&& let_go) noexcept {
  {
    const scoped_lock held(lock_);
    closing_ = true;
  }
  for (std::size_t i = 0; i <= lanes_mask_; ++i) lanes_[i].close();
  bool emptied = what == pending::run;
  while (!emptied) {  // one by one: letting go runs foreign code, which must not meet the lock
    task* item = nullptr;
    {
      const scoped_lock held(lock_);
      shut_down_ = true;
      note_attention();
      item = take_anything();
    }
    emptied = item == nullptr;
    if (!emptied) let_go(*item);
  }
  while (true) {
    worker* chosen = nullptr;
    {
      const scoped_lock held(lock_);
      shut_down_ = true;
      note_attention();
      if (!sleepers_.empty()) chosen = wake_sleeper(*sleepers_.back());
    }
    if (chosen == nullptr) break;
    wake(chosen);
  }
  if (max_queued_ != 0) seats_.release(seats_at_the_end);
  if (those == running::request_stop) stop_source_.request_stop();
}

void thread_pool::break_pool(const std::exception_ptr& cause) noexcept {
  const auto broken =
      std::make_exception_ptr(broken_thread_pool("thread_pool_executor: an initializer failed: " + describe(cause)));
  {
    const scoped_lock held(lock_);
    if (broken_by_ == nullptr) broken_by_ = broken;
  }
  empty_and_wake(pending::cancel, running::finish, [&broken](task& item) {
    if (item.claim()) item.fail(broken);
    item.drop_keeper();
  });
}

void thread_pool::stop(pending what, running those) noexcept {
  empty_and_wake(what, those, [](task& item) {
    item.cancel();
    item.drop_keeper();
  });
}

void thread_pool::shutdown(wait_for how_long, pending what, running those) {
  const worker_context& caller = this_worker();
  const bool inside = caller.executor == this;
  if (inside && !caller.in_callback && how_long == wait_for::tasks) {
    throw would_deadlock(
        "thread_pool_executor: a task of the pool waits for the pool's shutdown; use wait_for::nothing");
  }
  stop(what, those);
  if (how_long == wait_for::tasks && !inside) join();
}

void thread_pool::close() noexcept {
  stop(pending::run, running::finish);
  if (this_worker().executor != this) {
    join();
    return;
  }
  {
    const scoped_lock held(lock_);
    detached_ = true;
  }
  for (os_thread& each : take_threads()) each.detach();  // each keeps the core alive until it ends
}

void thread_pool::resize(std::size_t max_workers) {
  if (max_workers == 0) throw invalid_argument("thread_pool_executor: resize to 0 workers");
  check_max_workers(max_workers, false);
  while (true) {
    worker* chosen = nullptr;
    {
      const scoped_lock held(lock_);
      max_workers_.store(max_workers);
      note_attention();
      if (live_ > max_workers && !sleepers_.empty()) chosen = wake_sleeper(*sleepers_.back());
    }
    if (chosen == nullptr) break;
    wake(chosen);
  }
  attend(nullptr, nullptr);
}

std::vector<os_thread> thread_pool::take_threads() noexcept {
  const scoped_lock held(lock_);
  std::vector<os_thread> threads;
  for (const auto& each : workers_) {
    if (each->thread.joinable()) threads.push_back(std::move(each->thread));
  }
  return threads;
}

void thread_pool::join() noexcept {
  {
    const scoped_lock held(lock_);
    while (joining_) joined_.wait();
    joining_ = true;
  }
  // Until there is none: a worker may have started another one after the others were taken, and has ended by now.
  for (auto threads = take_threads(); !threads.empty(); threads = take_threads()) {
    for (os_thread& each : threads) each.join();
  }
  const scoped_lock held(lock_);
  joining_ = false;
  joined_.notify_all();
}

std::size_t thread_pool::workers() const {
  const scoped_lock held(lock_);
  return live_;
}

std::size_t thread_pool::queued() const {
  const scoped_lock held(lock_);
  return waiting();
}

thread_pool_statistics thread_pool::statistics() const {
  const scoped_lock held(lock_);
  thread_pool_statistics now{.workers = live_, .queued = waiting(), .delayed = ordered_.size() - ordered_.ready()};
  for (const auto& each : workers_) {
    if (each->busy.load()) ++now.running;
    now.succeeded += each->succeeded.load();
    now.failed += each->failed.load();
    now.cancelled += each->cancelled.load();
  }
  return now;
}

}  // namespace weft::detail
