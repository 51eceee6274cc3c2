#include <weft/future/error_hook.hpp>
#include <weft/pool/task_group.hpp>

#include "pool/thread_pool.hpp"

namespace weft {

task_group::~task_group() {
  wait_for_all();
  if (has_error_.load() != 0) report_lost_error(error_source::posted_task, std::move(error_));
}

void task_group::spawn(detail::task& item) {
  pending_.fetch_add(1);
  pool_.pool_->enqueue(item);  // on an error the block is let go, and drop() takes it off the count
}

void task_group::failed(std::exception_ptr error) noexcept {
  if (has_error_.exchange(1) == 0) error_ = std::move(error);
}

void task_group::ended() noexcept {
  const detail::futex_word* const key = &pending_;
  if (pending_.fetch_sub(1) == (asleep | 1)) detail::unpark_all(key);
}

void task_group::wait_for_all() noexcept {
  const auto tasks_left = [this] { return (pending_.load() & ~asleep) != 0; };
  const detail::worker_context& caller = detail::this_worker();
  unsigned round = 0;
  while (tasks_left() && caller.executor == pool_.pool_.get() && round < detail::spin_rounds && detail::stack_left()) {
    if (detail::task* const item = pool_.pool_->take_spawned()) {
      detail::run_as_worker(*item);
      round = 0;
    } else {
      detail::spin_pause(round++);
    }
  }
  std::uint32_t seen = pending_.load();
  while ((seen & ~asleep) != 0) {
    if ((seen & asleep) == 0 && !pending_.compare_exchange_weak(seen, seen | asleep)) continue;
    detail::park(pending_, seen | asleep);
    seen = pending_.load();
  }
  pending_.fetch_and(~asleep);
}

void task_group::wait() {
  wait_for_all();
  if (has_error_.exchange(0) != 0) std::rethrow_exception(std::exchange(error_, nullptr));
}

}  // namespace weft
