#include <weft/future/this_task.hpp>

#include "future/stop_state.hpp"

#include <memory>

namespace weft::this_task {
namespace {

detail::worker_context::frame* innermost() noexcept { return detail::this_worker().innermost; }

std::stop_token executor_token() {
  const detail::worker_context& worker = detail::this_worker();
  return worker.operations != nullptr ? worker.operations->stop_token(worker.executor) : std::stop_token();
}

}  // namespace

bool running() noexcept { return innermost() != nullptr; }

std::string name() { return running() ? std::string(innermost()->running->name()) : std::string(); }

std::stop_token stop_token() {
  auto* const frame = innermost();
  if (frame == nullptr) return {};
  if (frame->stop == nullptr) {
    auto made = std::make_unique<detail::stop_state>();
    if (frame->running->add_link(*made)) {
      frame->stop = made.release();
    } else {
      return {};  // it is done: a callback asks
    }
    std::stop_source source = frame->stop->source;
    frame->stop->from_executor.emplace(executor_token(), [source]() mutable { source.request_stop(); });
    if (frame->running->stop_asked()) source.request_stop();
  }
  return frame->stop->source.get_token();
}

bool stop_requested() noexcept {
  return running() && (innermost()->running->stop_asked() || executor_token().stop_requested());
}

executor_ref executor() noexcept {
  const detail::worker_context& worker = detail::this_worker();
  if (worker.innermost == nullptr || worker.operations == nullptr) return {};
  return {worker.executor, *worker.operations};
}

}  // namespace weft::this_task
