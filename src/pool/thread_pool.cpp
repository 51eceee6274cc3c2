#include "pool/thread_pool.hpp"

#include <weft/base/cpu_count.hpp>
#include <weft/base/error.hpp>
#include <weft/future/error_hook.hpp>

#include <pthread.h>
#include <algorithm>
#include <utility>

namespace weft::detail {
namespace {

constexpr std::size_t most_workers_unasked = 1024;
// In larger pools tasks are taken one at a time: looking into every worker's batch would cost more than it saves.
constexpr std::size_t most_workers_with_batches = 64;

std::size_t checked_max_workers(const thread_pool_options& options) {
  if (options.max_workers == 0) return std::min<std::size_t>(32, cpu_count() + 4);
  if (options.max_workers > most_workers_unasked && !options.allow_many_workers) {
    throw invalid_argument("thread_pool_executor: max_workers is " + std::to_string(options.max_workers) +
                           "; more than 1024 threads rarely help: set allow_many_workers if they are meant");
  }
  return options.max_workers;
}

}  // namespace

thread_pool::thread_pool(thread_pool_options options)
    : max_workers_(checked_max_workers(options)),
      batching_(max_workers_ <= most_workers_with_batches),
      prefix_(std::move(options.thread_name_prefix)),
      initializer_(std::move(options.initializer)) {}

void thread_pool::enqueue(task& item) {
  if (item.home() == nullptr) item.set_home(this);
  worker* const spawner = this_worker().executor == this ? static_cast<worker*>(this_worker().slot) : nullptr;
  if (spawner != nullptr && push_spawned(*spawner, item)) return;
  worker* chosen = nullptr;
  std::exception_ptr refused;
  {
    const scoped_lock held(lock_);
    refused = refusal();
    if (refused == nullptr) {
      try {
        accept(item, spawner);
        chosen = choose_sleeper();
      } catch (...) {
        refused = std::current_exception();
      }
    }
    note_attention();
  }
  if (refused != nullptr) {
    item.drop_keeper();
    std::rethrow_exception(refused);
  }
  wake(chosen);
}

// The short way for a task that spawns another: no lock, nobody to tell. False: take the long way.
bool thread_pool::push_spawned(worker& self, task& item) noexcept {
  if (attention_.load() || !self.spawned.push(item)) return false;
  if (!attention_.load()) return true;
  // Somebody went to sleep meanwhile, and may not have seen the task.
  worker* chosen = nullptr;
  {
    const scoped_lock held(lock_);
    chosen = choose_sleeper();
    work_hint_.store(true);
    note_attention();
  }
  wake(chosen);
  return true;
}

// Never throws: the caller still has a block to let go.
std::exception_ptr thread_pool::refusal() const noexcept {
  if (broken_by_ != nullptr) return broken_by_;
  if (!shut_down_) return nullptr;
  try {
    return std::make_exception_ptr(shutdown_error("thread_pool_executor: submit after shutdown"));
  } catch (...) {
    return std::current_exception();
  }
}

// Stores the task and sees to it that there are workers. On an error the task is not stored.
void thread_pool::accept(task& item, worker* spawner) {
  if (spawner != nullptr) {
    if (!spawner->spawned.push(item)) {
      spawner->spawned.grow();
      WEFT_ASSERT(spawner->spawned.push(item));
    }
  } else {
    queue_.append(item);
  }
  work_hint_.store(true);
  const std::size_t idle = sleepers_.size() + (wake_in_flight_ ? 1 : 0) + (spinning_ ? 1 : 0);
  if (live_ >= max_workers_ || waiting() <= idle) return;
  try {
    start_worker();
  } catch (...) {
    // With a worker alive the task only waits longer; without one it would wait for ever.
    if (live_ != 0) return;
    queue_.take_back_last(item);
    throw;
  }
}

void thread_pool::note_attention() noexcept {
  attention_.store(shut_down_ || spinning_ || !sleepers_.empty() || live_ < max_workers_);
}

void thread_pool::start_worker() {
  sleepers_.reserve(workers_.size() + 1);  // so that a worker never allocates to go to sleep
  auto fresh = std::make_unique<worker>();
  worker& self = *fresh;
  workers_.push_back(std::move(fresh));
  try {
    self.thread =
        std::thread([pool = shared_from_this(), &self, index = workers_.size() - 1] { pool->work(self, index); });
  } catch (...) {
    workers_.pop_back();
    throw;
  }
  ++live_;
}

// A sleeper to wake for new work; none if one is on its way already: it will look for more to do and wake the next.
thread_pool::worker* thread_pool::choose_sleeper() {
  if (wake_in_flight_ || spinning_ || sleepers_.empty()) return nullptr;
  worker* const chosen = sleepers_.back();
  sleepers_.pop_back();
  wake_in_flight_ = true;
  return chosen;
}

void thread_pool::wake(worker* chosen) noexcept {
  if (chosen == nullptr) return;
  chosen->signal.store(1);
  unpark(&chosen->signal, 1);
}

void thread_pool::work(worker& self, std::size_t index) noexcept {
  become_worker(this, &self);
  if (initialize(index)) {
    while (task* const item = next_task(self)) run_as_worker(*item);
  }
  const scoped_lock held(lock_);
  --live_;
}

bool thread_pool::initialize(std::size_t index) noexcept {
  try {
    ::pthread_setname_np(::pthread_self(), (prefix_ + "_" + std::to_string(index)).substr(0, 15).c_str());
    if (initializer_) {
      const scoped_lock held(initializer_lock_);
      initializer_();
    }
    return true;
  } catch (...) {
    const std::exception_ptr cause = std::current_exception();
    report_lost_error(error_source::initializer, cause);
    break_pool(cause);
    return false;
  }
}

task* thread_pool::take_from_queue(worker& self) {
  if (queue_.empty()) return nullptr;
  task& first = queue_.take_first();
  // A fair share of what waits, so that the others find something too.
  if (batching_) self.batch.fill(queue_, queue_.size() / (2 * workers_.size()));
  return &first;
}

// Without the lock: what this worker's tasks have spawned, newest first, then its batch. Now and then the batch comes
// first and nothing is taken, so that tasks that spawn each other for ever do not starve the queue.
task* thread_pool::take_own(worker& self) noexcept {
  if (++self.since_queue % 64 == 0) return self.batch.take();
  if (task* const item = self.spawned.pop()) return item;
  return self.batch.take();
}

task* thread_pool::steal() {
  for (const auto& other : workers_) {
    if (task* const item = other->spawned.steal()) return item;
    if (task* const item = batching_ ? other->batch.take() : nullptr) return item;
  }
  return nullptr;
}

std::size_t thread_pool::waiting() const {
  std::size_t count = queue_.size();
  for (const auto& each : workers_) count += each->batch.size() + each->spawned.size();
  return count;
}

// Steps 2, 4 and 5 of the protocol. Null: the worker ends.
task* thread_pool::next_task(worker& self) noexcept {
  if (task* const mine = take_own(self)) return mine;
  enum class next_step { look, spin, sleep } step = next_step::look;
  bool may_spin = true;
  while (true) {
    task* found = nullptr;
    worker* helper = nullptr;
    {
      const scoped_lock held(lock_);
      if (step == next_step::spin) spinning_ = false;
      if (step == next_step::sleep) wake_in_flight_ = false;
      work_hint_.store(false);
      found = take_from_queue(self);
      if (found == nullptr) found = self.spawned.pop();
      if (found == nullptr) found = steal();
      if (found == nullptr && shut_down_) return nullptr;
      if (found == nullptr) {
        step = may_spin && !spinning_ ? next_step::spin : next_step::sleep;
        found = go_idle(self, step == next_step::spin);
      }
      if (found != nullptr && !sleepers_.empty() && waiting() != 0) helper = choose_sleeper();
      note_attention();
    }
    wake(helper);
    if (found != nullptr) return found;
    if (step == next_step::spin) {
      for (unsigned round = 0; round < spin_rounds && !work_hint_.load(); ++round) spin_pause(round);
      may_spin = false;
    } else {
      while (self.signal.load() == 0) park(self.signal, 0);
      may_spin = true;
    }
  }
}

// Announces that this worker is about to spin or sleep, then looks once more at what was pushed without the lock.
task* thread_pool::go_idle(worker& self, bool spins) {
  if (spins) {
    spinning_ = true;
  } else {
    self.signal.store(0);
    sleepers_.push_back(&self);
  }
  attention_.store(true);
  task* const found = steal();
  if (found == nullptr) return nullptr;
  if (spins) {
    spinning_ = false;
  } else {
    sleepers_.pop_back();
  }
  return found;
}

// What waits anywhere, oldest first.
task_list thread_pool::take_everything() {
  task_list all;
  while (task* const item = steal()) all.append(*item);
  while (!queue_.empty()) all.append(queue_.take_first());
  return all;
}

void thread_pool::break_pool(const std::exception_ptr& cause) noexcept {
  const auto broken =
      std::make_exception_ptr(broken_thread_pool("thread_pool_executor: an initializer failed: " + describe(cause)));
  task_list failed;
  std::vector<worker*> sleeping;
  {
    const scoped_lock held(lock_);
    if (broken_by_ == nullptr) broken_by_ = broken;
    shut_down_ = true;
    attention_.store(true);
    failed = take_everything();
    sleeping.swap(sleepers_);
  }
  for (worker* each : sleeping) wake(each);
  while (!failed.empty()) {
    task& item = failed.take_first();
    if (item.claim()) item.fail(broken);
    item.drop_keeper();
  }
}

void thread_pool::stop(pending what) noexcept {
  task_list cancelled;
  std::vector<worker*> sleeping;
  {
    const scoped_lock held(lock_);
    shut_down_ = true;
    attention_.store(true);
    if (what == pending::cancel) cancelled = take_everything();
    sleeping.swap(sleepers_);
  }
  for (worker* each : sleeping) wake(each);
  while (!cancelled.empty()) {
    task& item = cancelled.take_first();
    item.cancel();
    item.drop_keeper();
  }
}

void thread_pool::shutdown(wait_for how_long, pending what) {
  const worker_context& caller = this_worker();
  const bool inside = caller.executor == this;
  if (inside && !caller.in_callback && how_long == wait_for::tasks) {
    throw would_deadlock(
        "thread_pool_executor: a task of the pool waits for the pool's shutdown; use wait_for::nothing");
  }
  stop(what);
  if (how_long == wait_for::tasks && !inside) join();
}

void thread_pool::close() noexcept {
  stop(pending::run);
  if (this_worker().executor != this) {
    join();
    return;
  }
  for (std::thread& each : take_threads()) each.detach();  // each keeps the core alive until it ends
}

std::vector<std::thread> thread_pool::take_threads() noexcept {
  const scoped_lock held(lock_);
  std::vector<std::thread> threads;
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
  for (std::thread& each : take_threads()) each.join();
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

}  // namespace weft::detail
