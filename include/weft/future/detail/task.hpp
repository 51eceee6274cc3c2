// The heart of every future: one heap block with one atomic state word, shared by the handles and the executor.
//
// Layout: this header (48 bytes), then the result or the error, then the callable.
//
// State word: the low three bits are the state, the rest are flags.
//
//     pending --claim()--> running --finish()--> value | failed
//        \--cancel()--> cancelled
//
// Protocol
// 1. Whoever moves pending to running (claim: a worker, or a waiter that helps) owns the callable and must
//    finish. Whoever moves pending to cancelled (cancel) owns the callable too, and destroys it.
// 2. finish and cancel are one compare-and-exchange that also reads the flags; only if a flag says that somebody
//    sleeps or is linked is there anything more to do. Results are written before it, by the owner of the callable.
// 3. Sleepers of one future set `sleepers` and park on the state word itself.
// 4. Waiters on many futures and callbacks are links in a list, which is changed only under the `list_lock` flag of the
//    state word. finish and cancel take that flag with the end: waiters are told first (no foreign code runs), then the
//    flag is given back and callbacks are taken out and run one by one, in the order they were added; one that is still
//    in the list can be taken back even then. Callbacks that end further tasks nest only so deep: what comes deeper is
//    deferred until the thread is back at that depth or waits.
// 5. References: handles (futures) and keepers (executor, promise) are counted apart in one word, because "the last
//    handle may move the value out" must not depend on when the executor lets go. The block dies with the last of
//    either.
//
// Who may disappear when: after its finish() the executor holds its own keeper until it has told everybody.
// Source: the CPython Future protocol (set_running_or_notify_cancel); one-word states as in folly::Future.
#pragma once

#include <weft/base/assert.hpp>
#include <weft/base/block_cache.hpp>
#include <weft/base/deadline.hpp>
#include <weft/base/detail/atom.hpp>
#include <weft/base/export.hpp>
#include <weft/base/parking.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace weft {

/// What a thread that waits for a future may do meanwhile.
enum class waiter : std::uint8_t {
  only_waits,  ///< a task's own wait still runs the tasks of its own pool that it waits for
  may_run_it,  ///< runs the awaited task itself, on this thread, if no worker has begun with it
};

/// What shutdown() waits for.
enum class wait_for : std::uint8_t {
  tasks,    ///< return when every task has ended and the workers are gone
  nothing,  ///< return at once; what was accepted still runs
};

/// What shutdown() does with tasks that have not started.
enum class pending : std::uint8_t { run, cancel };

}  // namespace weft

namespace weft::detail {

enum class task_state : std::uint32_t { pending = 0, running = 1, cancelled = 2, value = 3, failed = 4 };

class task;

/// One entry in a task's list: a waiter on many futures, or a callback.
struct link {
  link* next = nullptr;
  /// Called once with the task done. A waiter's runs under the list's lock and calls no foreign code; after its last
  /// store the link may be gone. A callback's runs under no lock; the link is out of the list and its own affair.
  void (*fire)(link&, task&) noexcept = nullptr;
  bool is_waiter = false;
  /// The running task's own (this_task::stop_token); its fire does nothing.
  bool is_stop = false;
};

/// What the type-erased part must know of the typed part.
struct task_operations {
  /// Runs the claimed callable and finishes the task. Null where somebody else finishes it (a promise).
  void (*run)(task&) noexcept;
  /// Destroys the callable of a task that will never run.
  void (*drop)(task&) noexcept;
  /// Stores an error in a claimed task whose callable has not been run, and destroys the callable.
  void (*fail)(task&, std::exception_ptr) noexcept;
  /// Destroys the result or the error, and the block.
  void (*destroy)(task&, task_state) noexcept;
  /// The stored error of a failed task.
  std::exception_ptr& (*error)(task&) noexcept;
  /// Of a task that waits for others (then, when_any): runs here what it waits for where the calling thread may, and
  /// tells whether that has ended it. Null: a task that waits for nothing.
  bool (*help)(task&, waiter) = nullptr;
  /// In place of cancel_pending(); null: that.
  bool (*cancel)(task&) noexcept = nullptr;
  /// The name that the task was given; null: none.
  std::string_view (*name)(const task&) noexcept = nullptr;
};

class WEFT_EXPORT task : public cached_block {
 public:
  /// One keeper (the producer's side) and one handle if `with_handle`.
  task(const task_operations& operations, bool with_handle) noexcept
      : operations_(&operations), references_(one_keeper + (with_handle ? 1 : 0)) {}
  task(const task&) = delete;
  task& operator=(const task&) = delete;

  task_state state() const noexcept { return static_cast<task_state>(word_.load() & state_mask); }
  bool done() const noexcept { return is_done(word_.load()); }

  /// Step 1. True if the caller now owns the callable and must finish.
  bool claim() noexcept;
  /// Runs a claimed task.
  void run() noexcept { operations_->run(*this); }
  /// Step 1 and 2. True if the task was pending; it is done then, and everybody has been told.
  bool cancel() noexcept { return operations_->cancel != nullptr ? operations_->cancel(*this) : cancel_pending(); }
  bool cancel_pending() noexcept;
  /// Step 2. The result or error has been stored by the caller, who had claimed the task.
  void finish(task_state outcome) noexcept;

  /// Finishes a claimed task, whose callable has not been run, with an error.
  void fail(std::exception_ptr error) noexcept {
    operations_->fail(*this, std::move(error));
    finish(task_state::failed);
  }

  /// **Blocks** until done (true) or the deadline has passed (false). In a worker of the task's own executor, and
  /// with waiter::may_run_it in any thread, it claims and runs a pending task itself.
  /// **Errors**: would_deadlock when a task waits for itself, in a circle, or nests too deeply.
  bool await(const deadline& until, waiter who = waiter::only_waits);
  /// If the calling thread may run this task (see await) and the task is pending: runs it here, or what it waits for.
  /// True if that has ended it.
  bool help(waiter who = waiter::only_waits);

  /// Asks the running task, or the task once it runs, to stop. False if it is done.
  bool request_stop();
  bool stop_asked() const noexcept { return (word_.load() & stop_bit) != 0; }
  /// Empty if it has none.
  std::string_view name() const noexcept {
    return operations_->name != nullptr ? operations_->name(*this) : std::string_view();
  }
  /// "task 'NAME'" or "an unnamed task".
  std::string label() const;

  /// Of a task that waits for others: it waits for another one now. Those who sleep in await() look whether they can
  /// help with that.
  void awaits_another() noexcept;

  /// Step 4. False if the task is done (nothing was added).
  bool add_link(link& entry) noexcept;
  /// True if the link was taken out; false if it is no longer there: fire was called, or is being called.
  bool remove_link(link& entry) noexcept;

  void add_handle() noexcept { references_.fetch_add(1); }
  void add_keeper() noexcept { references_.fetch_add(one_keeper); }
  /// add_keeper() where the last reference may have gone: false then; the block is about to be destroyed.
  bool try_add_keeper() noexcept;
  void drop_handle() noexcept { release(1); }
  void drop_keeper() noexcept { release(one_keeper); }
  /// Nobody but the caller, who holds the only keeper, refers to the task, so nobody ever will, and nobody has left
  /// a callback in it.
  bool unobserved() const noexcept { return references_.load() == one_keeper && (word_.load() & linked) == 0; }
  bool has_handles() const noexcept { return (references_.load() & handle_mask) != 0; }
  bool only_handle() const noexcept { return (references_.load() & handle_mask) == 1; }

  /// The stored error (state failed), and that somebody has seen it.
  std::exception_ptr& error() noexcept { return operations_->error(*this); }
  void mark_error_seen() noexcept;

  /// The executor this task was given to; compared, never dereferenced. Set before the task is shared.
  const void* home() const noexcept { return home_; }
  void set_home(const void* executor) noexcept { home_ = executor; }

 private:
  static constexpr std::uint32_t state_mask = 7;
  static constexpr std::uint32_t sleepers = 8;
  static constexpr std::uint32_t linked = 16;
  static constexpr std::uint32_t list_lock = 32;
  static constexpr std::uint32_t error_seen = 64;
  static constexpr std::uint32_t stop_bit = 128;
  static constexpr std::uint64_t one_keeper = std::uint64_t{1} << 32;
  static constexpr std::uint64_t handle_mask = one_keeper - 1;

  static bool is_done(std::uint32_t word) noexcept {
    return (word & state_mask) >= static_cast<std::uint32_t>(task_state::cancelled);
  }
  friend class deferred_callbacks;

  bool lock_list() noexcept { return lock_while_there_is_a_list(false); }
  bool lock_links() noexcept { return lock_while_there_is_a_list(true); }
  bool lock_while_there_is_a_list(bool ended_too) noexcept;
  void unlock_list() noexcept { word_.fetch_and(~list_lock); }
  bool sleep(const deadline& until, waiter who);
  bool tell_waiters() noexcept;
  link* take_callback() noexcept;
  void run_callbacks() noexcept;
  bool end(std::uint32_t expected_state, task_state outcome) noexcept;
  void release(std::uint64_t what) noexcept;

  // Written by claim, cancel, finish and the flag setters from any thread. The compare-and-exchange in end()
  // pairs with every load that finds the task done: the result is visible after it.
  futex_word word_{0};
  const task_operations* const operations_;
  // Written by whoever takes or gives a reference; the subtraction that reaches zero destroys the block.
  atom<std::uint64_t> references_;
  // Protected by list_lock; newest first, after the end callbacks only and oldest first.
  link* links_ = nullptr;
  const void* home_ = nullptr;
};

static_assert(sizeof(task) <= 48, "the header of a task is at most 48 bytes");

struct worker_context;
struct stop_state;

/// What an executor on threads offers to the tasks that it runs and to those who know it without its type.
struct executor_operations {
  /// Takes over the keeper. **Errors**: as the executor's submit; the task is let go then.
  void (*enqueue)(void* core, task& item);
  /// enqueue(); from one of its workers the task stays with that worker, where take_spawned(slot, tag) finds it.
  void (*spawn)(void* core, task& item, const void* tag);
  /// In the worker with this slot: the task it spawned last, if that has this tag and nobody has taken it; else null.
  task* (*take_spawned)(void* slot, const void* tag) noexcept;
  void (*shutdown)(void* core, wait_for how_long, pending what);
  std::size_t (*max_workers)(const void* core) noexcept;
  /// Set when the executor asks its tasks to stop.
  std::stop_token (*stop_token)(const void* core);
  /// In a worker, just before anybody is told that the outermost task on it has ended.
  void (*before_end)(worker_context& worker) noexcept;
};

/// What the calling thread is to an executor; empty for threads that are no workers.
struct worker_context {
  void* executor = nullptr;
  /// Null for the threads of executors that do not run tasks on threads.
  const executor_operations* operations = nullptr;
  /// What the executor keeps for this worker; its own business.
  void* slot = nullptr;
  /// The innermost running task and, through `outer`, those it was called from by helping.
  struct frame {
    task* running;
    frame* outer;
    stop_state* stop = nullptr;  ///< made when the task first asks for its stop token
  };
  frame* innermost = nullptr;
  /// A callback is running (of whatever task).
  bool in_callback = false;
  /// The lowest stack address that helping may still use.
  const std::byte* stack_limit = nullptr;
};

// What this_worker() returns; nobody else names it.
WEFT_EXPORT extern constinit thread_local worker_context worker_of_this_thread;
inline worker_context& this_worker() noexcept { return worker_of_this_thread; }

/// Makes the calling thread a worker of `executor`; called once at its start.
WEFT_EXPORT void become_worker(void* executor, const executor_operations* operations = nullptr,
                               void* slot = nullptr) noexcept;

/// Whether the calling worker has stack enough to run one more task inside the current one.
WEFT_EXPORT bool stack_left() noexcept;

/// Runs a task that the caller has claimed, as the innermost task of the calling thread.
WEFT_EXPORT void run_framed(task& item) noexcept;

/// Before a thread waits: runs the callbacks that it has deferred (step 4), since it may be waiting for them.
WEFT_EXPORT void run_deferred_callbacks() noexcept;

/// How long a waiter looks before it sleeps: a sleep costs a wake-up of tens of microseconds, a short task is done
/// sooner. Some yields are among the rounds, so that a worker without a core of its own gets this one.
inline constexpr unsigned spin_rounds = 256;

/// Claims and runs `item` as a worker does, then drops the executor's keeper. A task that was cancelled or
/// claimed by a helper is only let go. Returns its end if it ran here or was cancelled, else `running`.
WEFT_EXPORT task_state run_as_worker(task& item) noexcept;

/// Blocks for many: see weft/future/wait.hpp.
enum class wait_until : std::uint8_t { all_done, first_done, first_failure };
WEFT_EXPORT void wait_many(task* const* tasks, std::size_t count, wait_until condition, const deadline& until);

/// **Errors**: would_deadlock, with the names, if the calling thread is running `awaited`.
WEFT_EXPORT void refuse_own(const task& awaited);

/// The texts that describe() and errors use.
WEFT_EXPORT const char* state_name(task_state state) noexcept;
[[noreturn]] WEFT_EXPORT void throw_invalid_state(const char* what, task_state state);
[[noreturn]] WEFT_EXPORT void throw_timeout(const task& awaited);
[[noreturn]] WEFT_EXPORT void throw_cancelled();
[[noreturn]] WEFT_EXPORT void throw_empty_handle();
WEFT_EXPORT std::exception_ptr broken_promise_error();
WEFT_EXPORT std::string describe_task(task& item);

}  // namespace weft::detail
