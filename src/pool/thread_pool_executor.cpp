#include <weft/pool/thread_pool_executor.hpp>

#include "pool/thread_pool.hpp"

namespace weft {

thread_pool_executor::thread_pool_executor(thread_pool_options options)
    : pool_(std::make_shared<detail::thread_pool>(std::move(options))) {}

thread_pool_executor::~thread_pool_executor() { pool_->close(); }

void thread_pool_executor::shutdown(wait_for how_long, pending what, running those) {
  const auto alive = pool_;  // a callback of a cancelled task may destroy the executor
  alive->shutdown(how_long, what, those);
}

std::size_t thread_pool_executor::max_workers() const noexcept { return pool_->max_workers(); }

std::size_t thread_pool_executor::workers() const { return pool_->workers(); }

std::size_t thread_pool_executor::queued() const { return pool_->queued(); }

void thread_pool_executor::resize(std::size_t max_workers) { pool_->resize(max_workers); }

thread_pool_statistics thread_pool_executor::statistics() const { return pool_->statistics(); }

thread_pool_executor::operator executor_ref() noexcept { return {pool_.get(), detail::thread_pool::operations}; }

void thread_pool_executor::enqueue(detail::task& item) { pool_->enqueue(item); }

void thread_pool_executor::enqueue(detail::task& item, const task_options& how) { pool_->enqueue(item, how); }

}  // namespace weft
