// How a worker ends: killed, left or crashed, and what becomes of its task.
#include "process/fault_point.hpp"
#include "process/manager.hpp"

#include <sys/socket.h>
#include <csignal>
#include <utility>

namespace weft::detail {
namespace {

using namespace std::chrono_literals;

/// So many workers in a row that die before they are ready are no accident.
constexpr unsigned most_early_deaths = 3;

std::string name_of(const remote_task& item) {
  std::string text = "task " + std::to_string(item.number);
  if (!item.name.empty()) text += " (" + item.name + ")";
  return text;
}

std::string story_of(const worker_exit& how) {
  std::string text = "worker process " + std::to_string(how.pid) + " ended with " + describe(how);
  if (how.unknown) text += " (its exit status could not be had)";
  if (how.peak_memory != 0) text += ", peak memory " + std::to_string(how.peak_memory / (1024 * 1024)) + " MB";
  return text;
}

}  // namespace

void pool_manager::kill(worker_link& worker, end_reason reason, const std::string& detail) {
  if (worker.reason == end_reason::none) {
    worker.reason = reason;
    worker.detail = detail;
  }
  worker.signal(SIGKILL);
  worker.due = clock::now() + leave_grace;
  // One that was asked for and not named yet is killed when it is.
  if (worker.state != worker_state::requested && worker.state != worker_state::dying) {
    if (worker.state == worker_state::starting && reason == end_reason::closed_channel)
      return;  // bury() asks for the state
    set_state(worker, worker_state::dying);
  }
}

void pool_manager::on_process_end(worker_link& worker) {
  worker.process_ended = true;
  unwatch(worker.pidfd());
  if (!worker.report_open) return bury(worker, {.pid = worker.pid(), .unknown = true});
  // The exit report is on its way; were the fork server stopped, it would not be.
  worker.due = clock::now() + leave_grace;
  if (worker.state == worker_state::idle || worker.state == worker_state::busy) set_state(worker, worker_state::dying);
}

void pool_manager::on_due(worker_link& worker) {
  worker.due = clock::now() + leave_grace;
  if (worker.process_ended) return bury(worker, {.pid = worker.pid(), .unknown = true});
  switch (worker.state) {
    case worker_state::requested:
      return on_start_failed(worker, "the fork server does not answer");
    case worker_state::busy:
      return kill(worker, end_reason::time_limit);
    default:
      return kill(worker, end_reason::none);
  }
}

void pool_manager::bury(worker_link& worker, const worker_exit& how) {
  fault_point("manager.bury");
  const bool early = worker.state == worker_state::starting;
  worker.process_ended = true;
  if (worker.state != worker_state::dying && worker.state != worker_state::leaving)
    set_state(worker, worker_state::dying);
  // An outcome that was sent completely counts.
  while (worker.channel_open && worker.task != nullptr && worker.reason != end_reason::protocol &&
         worker.reader().fill(worker.channel(), MSG_DONTWAIT) == io_result::done) {
    take_frames(worker);
  }
  if (early && !dismissing_) {
    if (core_.options().initializer || ++early_deaths_ >= most_early_deaths) {
      break_pool("process_pool_executor: " + story_of(how) + " before it was ready" +
                 (core_.options().initializer ? ", in its initializer" : ""));
    }
  }
  if (worker.task != nullptr) lose_task(worker, how);
  forget(worker);
}

void pool_manager::lose_task(worker_link& worker, const worker_exit& how) {
  remote_task& item = *std::exchange(worker.task, nullptr);
  const std::string story = story_of(how) + " in " + name_of(item);
  const auto& policy = core_.options().on_crash;
  switch (worker.reason) {
    case end_reason::time_limit: {
      const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(item.time_limit).count();
      const std::string text =
          name_of(item) + " ran longer than its time limit of " + std::to_string(limit) + " ms; " + story_of(how);
      return fail_and_drop(item, std::make_exception_ptr(time_limit_exceeded(text, how)));
    }
    case end_reason::terminated:
      return fail_and_drop(item,
                           std::make_exception_ptr(terminated_worker(story + ": the pool's workers were ended", how)));
    case end_reason::protocol:
      return fail_and_drop(item, std::make_exception_ptr(terminated_worker(
                                     story + ": it was killed because it broke the protocol: " + worker.detail, how)));
    default:
      break;
  }
  if (policy.what() == crash_policy::kind::retry && item.crashes < policy.times() && !broken_ && !signalled_) {
    ++item.crashes;
    core_.put_back(item);
    return;
  }
  if (policy.what() == crash_policy::kind::break_pool) {
    break_pool("process_pool_executor: the pool is broken: " + story);
  }
  fail_and_drop(item, std::make_exception_ptr(terminated_worker(story, how)));
}

void pool_manager::forget(worker_link& worker) {
  unwatch(worker.report_socket());
  unwatch(worker.channel());
  unwatch(worker.pidfd());
  if (worker.state == worker_state::idle) std::erase(idle_, &worker);
  --counts_[static_cast<std::size_t>(worker.state)];
  workers_.erase(worker.generation());
}

}  // namespace weft::detail
