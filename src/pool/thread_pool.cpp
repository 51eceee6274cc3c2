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
// About as long as waking a sleeper takes; less than a time slice, so that an idle pool soon uses no CPU.
constexpr unsigned spin_rounds = 256;

std::size_t checked_max_workers(const thread_pool_options& options) {
  if (options.max_workers == 0) return std::min<std::size_t>(32, cpu_count() + 4);
  if (options.max_workers > most_workers_unasked && !options.allow_many_workers) {
    throw invalid_argument("thread_pool_executor: max_workers is " + std::to_string(options.max_workers) +
                           "; more than 1024 threads rarely help: set allow_many_workers if they are meant");
  }
  return options.max_workers;
}

}  // namespace

void task_list::append(task& item) noexcept {
  item.next_in_queue = nullptr;
  (last_ != nullptr ? last_->next_in_queue : first_) = &item;
  last_ = &item;
  ++size_;
}

task& task_list::take_first() noexcept {
  task& item = *first_;
  first_ = item.next_in_queue;
  if (first_ == nullptr) last_ = nullptr;
  --size_;
  return item;
}

void task_list::take_back_last(task& item) noexcept {
  task_list rest;
  while (&*first_ != &item) rest.append(take_first());
  *this = rest;
}

thread_pool::thread_pool(thread_pool_options options)
    : max_workers_(checked_max_workers(options)),
      prefix_(std::move(options.thread_name_prefix)),
      initializer_(std::move(options.initializer)) {}

void thread_pool::enqueue(task& item) {
  item.set_home(this);
  sleeper* chosen = nullptr;
  std::exception_ptr refused;
  {
    const scoped_lock held(lock_);
    if (broken_by_ != nullptr) {
      refused = broken_by_;
    } else if (shut_down_) {
      refused = std::make_exception_ptr(shutdown_error("thread_pool_executor: submit after shutdown"));
    } else {
      queue_.append(item);
      chosen = choose_sleeper();
      if (chosen == nullptr && sleepers_.empty() && live_ < max_workers_) {
        try {
          start_worker();
        } catch (...) {
          // With a worker alive the task only waits longer; without one it would wait for ever.
          if (live_ == 0) {
            queue_.take_back_last(item);
            refused = std::current_exception();
          }
        }
      }
      queued_hint_.store(queue_.size());
    }
  }
  if (refused != nullptr) {
    item.drop_keeper();
    std::rethrow_exception(refused);
  }
  wake(chosen);
}

void thread_pool::start_worker() {
  threads_.reserve(threads_.size() + 1);
  threads_.emplace_back([self = shared_from_this(), index = started_] { self->work(index); });
  ++started_;
  ++live_;
}

// A sleeper to wake for new work; none if one is on its way already: it will look for more to do and wake the next.
thread_pool::sleeper* thread_pool::choose_sleeper() {
  if (wake_in_flight_ || sleepers_.empty()) return nullptr;
  sleeper* const chosen = sleepers_.back();
  sleepers_.pop_back();
  wake_in_flight_ = true;
  return chosen;
}

void thread_pool::wake(sleeper* chosen) noexcept {
  if (chosen == nullptr) return;
  chosen->signal.store(1);
  unpark(&chosen->signal, 1);
}

void thread_pool::work(std::size_t index) noexcept {
  become_worker(this);
  if (initialize(index)) {
    while (task* const item = next_task()) run_as_worker(*item);
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

// Steps 2, 4 and 5 of the protocol. Null: the worker ends.
task* thread_pool::next_task() noexcept WEFT_NO_THREAD_SAFETY_ANALYSIS {
  bool woken = false;
  unsigned round = 0;
  while (true) {
    sleeper self;
    {
      const scoped_lock held(lock_);
      if (woken) wake_in_flight_ = false;
      woken = false;
      if (!queue_.empty()) {
        task& item = queue_.take_first();
        queued_hint_.store(queue_.size());
        sleeper* const next = queue_.empty() ? nullptr : choose_sleeper();
        // Under the lock, because the scope is about to end with the task in hand; the sleeper only needs it to go on.
        wake(next);
        return &item;
      }
      if (shut_down_) return nullptr;
      if (round >= spin_rounds) sleepers_.push_back(&self);
    }
    if (round < spin_rounds) {
      while (round < spin_rounds && queued_hint_.load() == 0) spin_pause(round++);
      continue;
    }
    while (self.signal.load() == 0) park(self.signal, 0);
    woken = true;
    round = 0;
  }
}

void thread_pool::break_pool(const std::exception_ptr& cause) noexcept {
  const auto broken =
      std::make_exception_ptr(broken_thread_pool("thread_pool_executor: an initializer failed: " + describe(cause)));
  task_list failed;
  std::vector<sleeper*> sleeping;
  {
    const scoped_lock held(lock_);
    if (broken_by_ == nullptr) broken_by_ = broken;
    shut_down_ = true;
    failed = std::exchange(queue_, {});
    queued_hint_.store(0);
    sleeping.swap(sleepers_);
  }
  for (sleeper* each : sleeping) wake(each);
  while (!failed.empty()) {
    task& item = failed.take_first();
    if (item.claim()) item.fail(broken);
    item.drop_keeper();
  }
}

void thread_pool::stop(pending what) noexcept {
  task_list cancelled;
  std::vector<sleeper*> sleeping;
  {
    const scoped_lock held(lock_);
    shut_down_ = true;
    if (what == pending::cancel) {
      cancelled = std::exchange(queue_, {});
      queued_hint_.store(0);
    }
    sleeping.swap(sleepers_);
  }
  for (sleeper* each : sleeping) wake(each);
  while (!cancelled.empty()) {
    task& item = cancelled.take_first();
    item.cancel();
    item.drop_keeper();
  }
}

void thread_pool::shutdown(wait_for how_long, pending what) {
  const worker_context& worker = this_worker();
  const bool inside = worker.executor == this;
  if (inside && !worker.in_callback && how_long == wait_for::tasks) {
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
  std::vector<std::thread> threads;
  {
    const scoped_lock held(lock_);
    threads.swap(threads_);
  }
  for (std::thread& each : threads) each.detach();  // each keeps the core alive until it ends
}

void thread_pool::join() noexcept WEFT_NO_THREAD_SAFETY_ANALYSIS {
  std::vector<std::thread> threads;
  lock_.lock();
  while (joining_) joined_.wait();
  threads.swap(threads_);
  joining_ = true;
  lock_.unlock();
  for (std::thread& each : threads) each.join();
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
  return queue_.size();
}

}  // namespace weft::detail
