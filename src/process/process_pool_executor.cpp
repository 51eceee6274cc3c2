#include <weft/process/process_pool_executor.hpp>

#include "process/fork_server.hpp"
#include "process/pool_core.hpp"

#include <chrono>
#include <csignal>
#include <string>

namespace weft {

process_pool_executor::process_pool_executor(process_pool_options options) {
  detail::require_init("weft::process_pool_executor");
  core_ = std::make_shared<detail::process_pool_core>(std::move(options));
  core_->start();
}

process_pool_executor::~process_pool_executor() {
  if (core_ != nullptr) core_->close();
}

void process_pool_executor::shutdown(wait_for how_long, pending what) { core_->shutdown(how_long, what); }

void process_pool_executor::terminate_workers() { core_->end_workers(SIGTERM); }

void process_pool_executor::kill_workers() { core_->end_workers(SIGKILL); }

std::size_t process_pool_executor::max_workers() const noexcept { return core_->max_workers(); }

std::size_t process_pool_executor::workers() const { return core_->workers(); }

std::size_t process_pool_executor::queued() const { return core_->queued(); }

encoder process_pool_executor::begin_call(const process_task_options& options) {
  if (options.time_limit <= std::chrono::nanoseconds::zero()) {
    throw invalid_argument("submit: the time limit is " + std::to_string(options.time_limit.count()) +
                           " ns; give more than 0, or leave it out for none");
  }
  encoder payload;
  payload.write_value(static_cast<std::uint32_t>(options.name.size()));
  payload.write(options.name.data(), options.name.size());
  return payload;
}

void process_pool_executor::enqueue(detail::remote_task& item, process_task_options options, encoder payload) {
  item.payload = std::move(payload);
  item.time_limit = options.time_limit;
  item.name = std::move(options.name);
  core_->enqueue(item);
}

}  // namespace weft
