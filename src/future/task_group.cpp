#include <weft/base/error.hpp>
#include <weft/future/error_hook.hpp>
#include <weft/future/task_group.hpp>

namespace weft {
namespace detail {

// Tasks of a group that other threads than its owner have spawned, and that nobody has started. For each there is a
// ticket in the executor's queue; whoever gets a ticket, or the waiting owner, takes one of the tasks.
struct group_overflow {
  mutex lock;
  group_task* first WEFT_GUARDED_BY(lock) = nullptr;

  void put(group_task& item) noexcept {
    const scoped_lock held(lock);
    item.next = first;
    first = &item;
    item.group->elsewhere_.fetch_or(task_group::overflowing);
  }
  /// Null: there is none left. The group of what is returned lives until that task has ended.
  group_task* take() noexcept {
    const scoped_lock held(lock);
    group_task* const item = first;
    if (item == nullptr) return nullptr;
    first = item->next;
    if (first == nullptr) item->group->elsewhere_.fetch_and(~task_group::overflowing);
    return item;
  }
  bool take_back(group_task& item) noexcept {
    const scoped_lock held(lock);
    for (group_task** at = &first; *at != nullptr; at = &(*at)->next) {
      if (*at != &item) continue;
      *at = item.next;
      if (first == nullptr) item.group->elsewhere_.fetch_and(~task_group::overflowing);
      return true;
    }
    return false;
  }
};

}  // namespace detail

task_group::task_group() : task_group(this_task_executor()) {}

task_group::task_group(executor_ref where)
    : where_(where), owner_(&detail::this_worker()), slot_(owner_->executor == where.core() ? owner_->slot : nullptr) {
  static_cast<void>(where_.operations());  // throws for an empty one
}

executor_ref task_group::this_task_executor() {
  const detail::worker_context& worker = detail::this_worker();
  if (worker.innermost == nullptr || worker.operations == nullptr) {
    throw invalid_state("task_group: no task is running here; say on which executor");
  }
  return {worker.executor, *worker.operations};
}

task_group::~task_group() {
  wait_for_all();
  if (error_ != nullptr) report_lost_error(error_source::unread_failure, error_);
}

void task_group::start(detail::group_task& item) {
  if (&detail::this_worker() != owner_) {
    start_elsewhere(item);
    return;
  }
  ++here_;
  where_.operations().spawn(where_.core(), item, this);  // a task that is refused ends, and is counted, as it is let go
}

// The count goes up before anybody can take the task, and the overflow bit after the task can be taken.
void task_group::start_elsewhere(detail::group_task& item) {
  elsewhere_.fetch_add(one_task);
  try {
    const auto tasks = overflow();
    tasks->put(item);
    if ((elsewhere_.load() & asleep) != 0) detail::unpark_all(&elsewhere_);
    try {
      where_.post([tasks] {
        if (detail::group_task* const taken = tasks->take()) detail::run_as_worker(*taken);
      });
    } catch (...) {
      if (tasks->take_back(item)) throw;  // else the owner has it, and the refusal does not matter
      return;
    }
  } catch (...) {
    item.drop_keeper();
    throw;
  }
}

std::shared_ptr<detail::group_overflow> task_group::overflow() {
  const scoped_lock held(lock_);
  if (overflow_ == nullptr) overflow_ = std::make_shared<detail::group_overflow>();
  return overflow_;
}

void task_group::wait() {
  if (&detail::this_worker() != owner_) {
    throw invalid_state("task_group: wait() belongs to the thread that made the group");
  }
  wait_for_all();
  if (cancelled_.load()) cancelled_.store(false);
  if (!failed_.load()) return;
  failed_.store(false);
  std::exception_ptr error;
  {
    const scoped_lock held(lock_);
    error = std::exchange(error_, nullptr);
  }
  if (error != nullptr) std::rethrow_exception(error);
}

void task_group::wait_for_all() noexcept {
  while (!all_ended()) {
    if (!run_one() && !look_around()) sleep();
  }
}

bool task_group::all_ended() const noexcept {
  return (elsewhere_.load() & ~(asleep | overflowing)) + static_cast<std::uint32_t>(here_) * one_task == 0;
}

// A task of this group that nobody has started: of those that this worker has spawned, or of the overflow.
bool task_group::run_one() noexcept {
  if (slot_ == nullptr) return false;
  detail::task* item = where_.operations().take_spawned(slot_, this);
  if (item == nullptr && (elsewhere_.load() & overflowing) != 0) {
    std::shared_ptr<detail::group_overflow> tasks;
    {
      const scoped_lock held(lock_);
      tasks = overflow_;
    }
    item = tasks->take();
  }
  if (item == nullptr) return false;
  detail::run_as_worker(*item);
  return true;
}

// True if there is a reason not to sleep.
bool task_group::look_around() noexcept {
  for (unsigned round = 0; round < detail::spin_rounds; ++round) {
    if (all_ended() || (slot_ != nullptr && (elsewhere_.load() & overflowing) != 0)) return true;
    if (!detail::spin_pause(round)) return false;
  }
  return false;
}

void task_group::sleep() noexcept {
  const auto balance = static_cast<std::uint32_t>(std::exchange(here_, 0)) * one_task;
  elsewhere_.fetch_add(balance + asleep);
  while (true) {
    const std::uint32_t seen = elsewhere_.load();
    const bool overflow = slot_ != nullptr && (seen & overflowing) != 0;
    if (seen < one_task || overflow) break;
    detail::park(elsewhere_, seen);
  }
  elsewhere_.fetch_sub(asleep);
}

void task_group::fail(std::exception_ptr error) noexcept {
  {
    const scoped_lock held(lock_);
    if (error_ == nullptr) error_ = std::move(error);
  }
  failed_.store(true);
}

// A task has ended; nothing of the group may be touched after the count is down.
void task_group::ended() noexcept {
  if (&detail::this_worker() == owner_) {
    --here_;
    return;
  }
  const detail::futex_word* const key = &elsewhere_;
  const std::uint32_t after = elsewhere_.fetch_sub(one_task) - one_task;
  if (after < one_task && (after & asleep) != 0) detail::unpark_all(key);
}

}  // namespace weft
