#include "process/pool_core.hpp"

#include "process/manager.hpp"

#include <weft/base/cpu_count.hpp>
#include <weft/base/error.hpp>

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <csignal>
#include <cstdint>
#include <utility>

namespace weft::detail {
namespace {

constexpr std::size_t most_workers_unasked = 1024;

std::size_t checked_max_workers(const process_pool_options& options) {
  if (options.max_workers == 0) return cpu_count();
  if (options.max_workers > most_workers_unasked && !options.allow_many_workers) {
    throw invalid_argument("process_pool_executor: max_workers is " + std::to_string(options.max_workers) +
                           "; more than 1024 processes rarely help: set allow_many_workers if they are meant");
  }
  return options.max_workers;
}

descriptor make_eventfd() {
  descriptor made(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!made) throw_errno("eventfd");
  return made;
}

}  // namespace

void remote_queue::append(remote_task& item) noexcept {
  item.next = nullptr;
  (last_ != nullptr ? last_->next : first_) = &item;
  last_ = &item;
  ++size_;
}

void remote_queue::put_back(remote_task& item) noexcept {
  item.next = first_;
  first_ = &item;
  if (last_ == nullptr) last_ = &item;
  ++size_;
}

remote_task& remote_queue::take_first() noexcept {
  remote_task& item = *first_;
  first_ = item.next;
  if (first_ == nullptr) last_ = nullptr;
  --size_;
  return item;
}

process_pool_core::process_pool_core(process_pool_options options)
    : options_(std::move(options)),
      max_workers_(checked_max_workers(options_)),
      wake_(make_eventfd()),
      owner_(::getpid()) {}

void process_pool_core::start() {
  auto manager = std::make_unique<pool_manager>(*this);
  // The application's signal handlers run on its own threads.
  ::sigset_t all;
  ::sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([self = shared_from_this(), manager = std::move(manager)]() mutable {
      ::pthread_setname_np(::pthread_self(), "weft-manager");
      manager->run();
      manager.reset();
      self->mark_finished();
    });
  } catch (...) {
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

// Never throws: the caller still has a block to let go.
std::exception_ptr process_pool_core::refusal() const noexcept {
  try {
    if (broken_by_) return std::make_exception_ptr(broken_process_pool(*broken_by_));
    if (shut_down_) return std::make_exception_ptr(shutdown_error("process_pool_executor: submit after shutdown"));
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

void process_pool_core::enqueue(remote_task& item) {
  item.block->set_home(this);
  std::exception_ptr refused;
  bool wakes = false;
  {
    const scoped_lock held(lock_);
    refused = refusal();
    if (refused == nullptr) {
      item.number = next_number_++;
      queue_.append(item);
      wakes = std::exchange(wake_wanted_, false);
    }
  }
  if (refused != nullptr) {
    item.block->drop_keeper();
    std::rethrow_exception(refused);
  }
  if (wakes) wake();
}

std::size_t process_pool_core::queued() const {
  const scoped_lock held(lock_);
  return queue_.size();
}

void process_pool_core::wake() noexcept {
  // The counter cannot overflow, and if it could the manager would be awake.
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_.get(), &one, sizeof one) < 0);
}

void process_pool_core::drain_wake() noexcept {
  std::uint64_t count = 0;
  static_cast<void>(::read(wake_.get(), &count, sizeof count) < 0);
}

remote_task* process_pool_core::claim_next() noexcept {
  while (true) {
    remote_task* item = nullptr;
    {
      const scoped_lock held(lock_);
      if (queue_.empty()) return nullptr;
      item = &queue_.take_first();
    }
    // One that came back was claimed before.
    if (item->claimed || item->block->claim()) {
      item->claimed = true;
      return item;
    }
    item->block->drop_keeper();
  }
}

void process_pool_core::put_back(remote_task& item) noexcept {
  const scoped_lock held(lock_);
  queue_.put_back(item);
}

bool process_pool_core::rest(bool wants_work, std::size_t seen) noexcept {
  const scoped_lock held(lock_);
  if (wants_work && queue_.size() > seen) return false;
  wake_wanted_ = wants_work;
  return true;
}

process_pool_core::orders process_pool_core::current_orders() const noexcept {
  const scoped_lock held(lock_);
  return {.shut_down = shut_down_, .signal = signal_};
}

void process_pool_core::mark_broken(const std::string& text) noexcept {
  const scoped_lock held(lock_);
  if (!broken_by_) broken_by_ = text;
  shut_down_ = true;
}

void process_pool_core::fail_queued(const std::string& text) noexcept {
  // Only what is there now: who is told may submit again at once.
  for (std::size_t left = queued(); left > 0; --left) {
    remote_task* const item = claim_next();
    if (item == nullptr) return;
    item->block->fail(std::make_exception_ptr(broken_process_pool(text)));
    item->block->drop_keeper();
  }
}

void process_pool_core::stop(pending what, int signal) noexcept {
  remote_queue cancelled;
  {
    const scoped_lock held(lock_);
    shut_down_ = true;
    if (signal != 0) signal_ = signal;
    if (what == pending::cancel) {
      // What is to be tried again after a crash is running and cannot be cancelled.
      remote_queue kept;
      while (!queue_.empty()) {
        remote_task& item = queue_.take_first();
        (item.claimed ? kept : cancelled).append(item);
      }
      queue_ = kept;
    }
  }
  wake();
  while (!cancelled.empty()) {
    remote_task& item = cancelled.take_first();
    item.block->cancel();
    item.block->drop_keeper();
  }
}

void process_pool_core::shutdown(wait_for how_long, pending what) {
  stop(what, 0);
  if (how_long == wait_for::tasks && !on_manager_thread()) finished_.wait();
}

void process_pool_core::end_workers(int signal) {
  stop(pending::run, signal);
  if (!on_manager_thread()) finished_.wait();
}

void process_pool_core::close() noexcept {
  if (owner_ != ::getpid()) {
    // After a raw fork: the manager thread is not here.
    thread_.detach();
    return;
  }
  stop(pending::run, 0);
  if (on_manager_thread()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

}  // namespace weft::detail
