#include <weft/base/error.hpp>
#include <weft/future/detail/task.hpp>
#include <weft/future/error_hook.hpp>

#include "future/stop_state.hpp"
#include "future/wait_graph.hpp"

#include <pthread.h>
#include <algorithm>
#include <memory>
#include <new>
#include <utility>

namespace weft::detail {
namespace {

std::uint32_t bits(task_state state) noexcept { return static_cast<std::uint32_t>(state); }

// What a nested task may need below its waiter's frame; generous, because the task is foreign code.
constexpr std::size_t stack_reserve = std::size_t{128} * 1024;

const std::byte* lowest_usable_stack() noexcept {
  ::pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return nullptr;
  void* lowest = nullptr;
  std::size_t size = 0;
  ::pthread_attr_getstack(&attributes, &lowest, &size);
  ::pthread_attr_destroy(&attributes);
  return static_cast<const std::byte*>(lowest) + std::min(stack_reserve, size / 4);
}

// Callbacks nest only so deep on one thread.
constexpr unsigned deepest_nesting = 32;

}  // namespace

// What the calling thread has put off: the callbacks of tasks that ended at the deepest nesting. Not empty only while
// the thread is at that depth.
class deferred_callbacks {
 public:
  bool too_deep() const noexcept { return depth_ == deepest_nesting; }

  /// False if there is no memory for it.
  bool put_off(task& ended) noexcept {
    auto* const fresh = new (std::nothrow) entry{&ended, nullptr};
    if (fresh == nullptr) return false;
    ended.add_keeper();
    (newest_ != nullptr ? newest_->next : oldest_) = fresh;
    newest_ = fresh;
    return true;
  }

  void run_callbacks_of(task& ended) noexcept {
    worker_context& worker = this_worker();
    const bool outer = std::exchange(worker.in_callback, true);
    ++depth_;
    while (link* const callback = ended.take_callback()) {
      callback->fire(*callback, ended);
      run_deferred();
    }
    --depth_;
    worker.in_callback = outer;
  }

  void run_deferred() noexcept {
    while (oldest_ != nullptr) {
      const std::unique_ptr<entry> first(oldest_);
      oldest_ = first->next;
      if (oldest_ == nullptr) newest_ = nullptr;
      while (link* const callback = first->ended->take_callback()) callback->fire(*callback, *first->ended);
      first->ended->drop_keeper();
    }
  }

 private:
  struct entry {
    task* ended;
    entry* next;
  };

  unsigned depth_ = 0;
  entry* oldest_ = nullptr;
  entry* newest_ = nullptr;
};

namespace {

deferred_callbacks& callbacks_of_this_thread() noexcept {
  thread_local constinit deferred_callbacks here;
  return here;
}

}  // namespace

// Both for a task that waits for itself and for one that a waiting task has run on its own stack.
void refuse_own(const task& awaited) {
  const auto* const innermost = this_worker().innermost;
  for (const auto* frame = innermost; frame != nullptr; frame = frame->outer) {
    if (frame->running != &awaited) continue;
    if (frame == innermost) throw would_deadlock(awaited.label() + " waits for its own future");
    std::string path = innermost->running->label() + " waits for " + awaited.label();
    for (const auto* inner = innermost; inner != frame; inner = inner->outer) {
      path += "; " + inner->outer->running->label() + " waits for " + inner->running->label();
    }
    throw would_deadlock("a wait that could never end: " + path);
  }
}

// Runs a task that the caller has claimed, with the worker's frame around it.
void run_framed(task& item) noexcept {
  worker_context& worker = this_worker();
  worker_context::frame frame{&item, worker.innermost};
  const bool in_callback = std::exchange(worker.in_callback, false);
  worker.innermost = &frame;
  item.run();
  worker.innermost = frame.outer;
  if (frame.stop != nullptr) {
    item.remove_link(*frame.stop);  // callbacks that were put off may still be in the list
    delete frame.stop;
  }
  worker.in_callback = in_callback;
}

void run_deferred_callbacks() noexcept { callbacks_of_this_thread().run_deferred(); }

bool task::claim() noexcept {
  const bool alone = unobserved();  // before the load: a handle that has gone since may have cancelled
  std::uint32_t seen = word_.load();
  if (alone && seen == bits(task_state::pending)) {
    word_.store(bits(task_state::running), std::memory_order_relaxed);  // order: nobody else refers to the task
    return true;
  }
  while ((seen & state_mask) == bits(task_state::pending)) {
    if (word_.compare_exchange_weak(seen, seen | bits(task_state::running))) return true;
  }
  return false;
}

// Steps 2 to 4: from `expected_state` to `outcome`, then tells everybody. False if the state was another.
bool task::end(std::uint32_t expected_state, task_state outcome) noexcept {
  std::uint32_t seen = word_.load();
  unsigned round = 0;
  while (true) {
    if ((seen & state_mask) != expected_state) return false;
    if ((seen & list_lock) != 0) {
      spin_pause(round++);
      seen = word_.load();
    } else if (word_.compare_exchange_weak(
                   seen, (seen & ~(state_mask | sleepers)) | bits(outcome) | ((seen & linked) != 0 ? list_lock : 0))) {
      break;
    }
  }
  // The caller's reference keeps the block alive from here to the end. Waiters come first: nobody who waits may depend
  // on foreign code, which the callable's destructor and the callbacks are.
  if ((seen & sleepers) != 0) unpark_all(&word_);
  const bool has_callbacks = (seen & linked) != 0 && tell_waiters();
  if (outcome == task_state::cancelled) operations_->drop(*this);
  if (has_callbacks) run_callbacks();
  return true;
}

// Under the list's lock, which it gives back; leaves the callbacks, oldest first. False if there are none.
bool task::tell_waiters() noexcept {
  link* newest_first = std::exchange(links_, nullptr);
  while (newest_first != nullptr) {
    link* const entry = newest_first;
    newest_first = entry->next;
    if (entry->is_waiter) {
      entry->fire(*entry, *this);
    } else {
      entry->next = links_;  // reverses
      links_ = entry;
    }
  }
  const bool has_callbacks = links_ != nullptr;
  word_.fetch_and(has_callbacks ? ~list_lock : ~(list_lock | linked));
  return has_callbacks;
}

link* task::take_callback() noexcept {
  if (!lock_links()) return nullptr;
  link* const first = links_;
  if (first != nullptr) links_ = first->next;
  word_.fetch_and(links_ != nullptr ? ~list_lock : ~(list_lock | linked));
  return first;
}

void task::run_callbacks() noexcept {
  deferred_callbacks& here = callbacks_of_this_thread();
  if (!here.too_deep() || !here.put_off(*this)) here.run_callbacks_of(*this);
}

bool task::cancel_pending() noexcept { return end(bits(task_state::pending), task_state::cancelled); }

void task::finish(task_state outcome) noexcept {
  worker_context& worker = this_worker();
  if (worker.operations != nullptr && worker.innermost != nullptr && worker.innermost->running == this &&
      worker.innermost->outer == nullptr) {
    worker.operations->before_end(worker);
  }
  if (unobserved()) {
    word_.store((word_.load() & error_seen) | bits(outcome), std::memory_order_relaxed);  // order: no other reader
  } else {
    WEFT_ASSERT(end(bits(task_state::running), outcome));
  }
}

bool task::await(const deadline& until, waiter who) {
  if (done() || help(who)) return true;
  worker_context& worker = this_worker();
  refuse_own(*this);
  run_deferred_callbacks();
  if (until.expired() || done()) return done();
  // What runs elsewhere is ended by its manager thread, and what waits for such a task by the same.
  const bool ended_by_manager =
      operations_->help != nullptr ? state() == task_state::pending : operations_->run == nullptr;
  if (home_ != nullptr && worker.executor == home_ && worker.slot == nullptr && ended_by_manager) {
    throw would_deadlock("a callback waits for a task of the pool whose manager thread runs the callback");
  }
  for (unsigned round = 0; round < spin_rounds; ++round) {
    if (done()) return true;
    if (!spin_pause(round)) break;
  }
  if (worker.innermost != nullptr && until.is_never()) {
    task* const self = this;
    const blocked_wait noted(&self, 1);  // throws if the wait could never end
    return sleep(until, who);
  }
  return sleep(until, who);
}

// Step 3.
bool task::sleep(const deadline& until, waiter who) {
  std::uint32_t seen = word_.load();
  while (!is_done(seen)) {
    if ((seen & sleepers) == 0 && !word_.compare_exchange_weak(seen, seen | sleepers)) continue;
    if (operations_->help != nullptr && help(who)) return true;  // after the flag, which awaits_another() takes away
    const auto result = park(word_, seen | sleepers, until);
    seen = word_.load();
    if (result == park_result::timed_out) return is_done(seen);
  }
  return true;
}

void task::awaits_another() noexcept {
  if ((word_.fetch_and(~sleepers) & sleepers) != 0) unpark_all(&word_);
}

bool task::help(waiter who) {
  worker_context& worker = this_worker();
  if (operations_->help != nullptr) {
    if ((worker.executor == nullptr && who != waiter::may_run_it) || done()) return false;
    if (!stack_left()) {
      if (worker.executor == nullptr) return false;
      throw would_deadlock("futures that wait for each other are nested too deeply for this worker's stack");
    }
    return operations_->help(*this, who);
  }
  const bool own = worker.executor != nullptr && worker.executor == home_;
  if ((!own && who != waiter::may_run_it) || home_ == nullptr || operations_->run == nullptr) return false;
  if (state() != task_state::pending) return false;
  if (!stack_left()) {
    if (!own) return false;
    throw would_deadlock("tasks that wait for tasks of their own pool are nested too deeply for this worker's stack");
  }
  if (!claim()) return false;
  add_keeper();  // the queue's own keeper may be dropped by another worker meanwhile
  run_framed(*this);
  drop_keeper();
  return true;
}

// While the task is not done or, with `ended_too`, has links left. False otherwise.
bool task::lock_while_there_is_a_list(bool ended_too) noexcept {
  std::uint32_t seen = word_.load();
  unsigned round = 0;
  while (!is_done(seen) || (ended_too && (seen & linked) != 0)) {
    if ((seen & list_lock) != 0) {
      spin_pause(round++);
      seen = word_.load();
    } else if (word_.compare_exchange_weak(seen, seen | list_lock)) {
      return true;
    }
  }
  return false;
}

bool task::add_link(link& entry) noexcept {
  if (!lock_list()) return false;
  entry.next = links_;
  links_ = &entry;
  word_.fetch_or(linked);
  unlock_list();
  return true;
}

bool task::remove_link(link& entry) noexcept {
  if (!lock_links()) return false;
  link** at = &links_;
  while (*at != nullptr && *at != &entry) at = &(*at)->next;
  const bool found = *at != nullptr;
  if (found) *at = entry.next;
  unlock_list();
  return found;
}

bool task::try_add_keeper() noexcept {
  std::uint64_t seen = references_.load();
  while (seen != 0) {
    if (references_.compare_exchange_weak(seen, seen + one_keeper)) return true;
  }
  return false;
}

bool task::request_stop() {
  word_.fetch_or(stop_bit);
  if (!lock_list()) return false;
  std::stop_source source(std::nostopstate);
  for (link* each = links_; each != nullptr; each = each->next) {
    if (each->is_stop) source = static_cast<stop_state*>(each)->source;
  }
  unlock_list();
  source.request_stop();  // outside the lock: it runs foreign code
  return true;
}

void task::mark_error_seen() noexcept {
  if ((word_.load() & error_seen) == 0) word_.fetch_or(error_seen);
}

void task::release(std::uint64_t what) noexcept {
  // The last reference needs no exchange: nobody is left to race with, unless the task has links in others, whose ends
  // may try to keep it.
  const bool alone = operations_->help == nullptr && references_.load() == what;
  if (!alone && references_.fetch_sub(what) != what) return;
  const std::uint32_t word = word_.load();
  const auto state = static_cast<task_state>(word & state_mask);
  if (state == task_state::failed && (word & error_seen) == 0) {
    report_lost_error(error_source::unread_failure, error(), name());
  }
  if (state == task_state::pending) operations_->drop(*this);
  operations_->destroy(*this, state);
}

constinit thread_local worker_context worker_of_this_thread;

void become_worker(void* executor, const executor_operations* operations, void* slot) noexcept {
  worker_context& worker = this_worker();
  worker.executor = executor;
  worker.operations = operations;
  worker.slot = slot;
  worker.stack_limit = lowest_usable_stack();
}

bool stack_left() noexcept {
  return static_cast<const std::byte*>(__builtin_frame_address(0)) >= this_worker().stack_limit;
}

task_state run_as_worker(task& item) noexcept {
  task_state end = task_state::running;
  if (item.claim()) {
    run_framed(item);
    end = item.state();
  } else if (item.state() == task_state::cancelled) {
    end = task_state::cancelled;
  }
  item.drop_keeper();
  return end;
}

const char* state_name(task_state state) noexcept {
  switch (state) {
    case task_state::pending:
      return "pending";
    case task_state::running:
      return "running";
    case task_state::cancelled:
      return "cancelled";
    case task_state::value:
    case task_state::failed:
      return "finished";
  }
  return "unknown";
}

void throw_invalid_state(const char* what, task_state state) {
  throw invalid_state(std::string(what) + ": the future is " + state_name(state));
}

void throw_timeout(const task& awaited) {
  throw timeout_error(std::string("the future is still ") + state_name(awaited.state()) + " at the end of the timeout");
}

void throw_cancelled() { throw cancelled_error("the future was cancelled"); }

void throw_empty_handle() {
  throw invalid_state("this future is empty: it was default-constructed, moved from or consumed");
}

std::exception_ptr broken_promise_error() {
  return std::make_exception_ptr(broken_promise("the promise was destroyed without an outcome"));
}

std::string task::label() const { return name().empty() ? "an unnamed task" : "task '" + std::string(name()) + "'"; }

std::string describe_task(task& item) {
  const task_state state = item.state();
  std::string text = std::string("<future ") + state_name(state);
  if (state == task_state::failed) text += " raised " + describe(item.error());
  if (state == task_state::value) text += " with a value";
  if (!item.name().empty()) text += " name '" + std::string(item.name()) + "'";
  return text + ">";
}

}  // namespace weft::detail
