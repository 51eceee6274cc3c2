// What happens to one worker, from its request to its burial.
#include "process/fault_point.hpp"
#include "process/fork_server.hpp"
#include "process/manager.hpp"

#include <weft/future/error_hook.hpp>

#include <csignal>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <utility>

namespace weft::detail {
namespace {

using namespace std::chrono_literals;

/// How long a worker may take to leave when told to, and the fork server to answer.
constexpr auto leave_grace = 5s;
/// How long to hold back after a start that failed while other workers live.
constexpr auto start_pause = 100ms;
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

std::chrono::steady_clock::time_point after(std::chrono::nanoseconds limit) {
  return deadline(limit).time();
}

}  // namespace

void pool_manager::start_worker() {
  descriptor report;
  try {
    fault_point("manager.start");
    report = request_worker();
  } catch (const std::exception& cause) {
    if (live() == 0) {
      core_.fail_queued(std::string("process_pool_executor: no worker process can be started: ") + cause.what());
    } else {
      no_start_before_ = clock::now() + start_pause;
    }
    return;
  }
  const std::uint64_t generation = next_generation_++;
  auto made = std::make_unique<worker_link>(generation, std::move(report));
  worker_link& worker = *made;
  workers_.emplace(generation, std::move(made));
  ++counts_[static_cast<std::size_t>(worker.state)];
  watch(worker.report_socket(), generation, source::report, EPOLLIN);
  worker.due = clock::now() + leave_grace;
}

void pool_manager::on_report(worker_link& worker) {
  worker_link::news news = worker.read_report();
  if (std::holds_alternative<worker_link::started>(news)) return on_started(worker);
  if (const auto* failed = std::get_if<worker_link::start_failed>(&news)) return on_start_failed(worker, failed->text);
  if (const auto* end = std::get_if<worker_link::exited>(&news)) return bury(worker, end->how);
  if (!std::holds_alternative<worker_link::report_closed>(news)) return;
  // The fork server is gone. It takes its workers along; they are not waited for in vain.
  if (worker.state == worker_state::requested) return on_start_failed(worker, "the fork server died");
  worker.report_open = false;
  unwatch(worker.report_socket());
  if (worker.process_ended) return bury(worker, {.pid = worker.pid(), .unknown = true});
  kill(worker, end_reason::none);
}

void pool_manager::on_started(worker_link& worker) {
  worker.channel_open = true;
  watch(worker.pidfd(), worker.generation(), source::process, EPOLLIN);
  watch(worker.channel(), worker.generation(), source::channel, EPOLLIN);
  worker.due = clock::time_point::max();
  if (dismissing_) return kill(worker, end_reason::terminated);
  set_state(worker, worker_state::starting);
  if (!worker.send_start(setup_, core_.options().initializer.bytes())) return kill(worker, end_reason::closed_channel);
  watch_output(worker);
}

void pool_manager::on_start_failed(worker_link& worker, const std::string& text) {
  worker.signal(SIGKILL);
  forget(worker);
  if (dismissing_) return;
  if (live() == 0 && ++early_deaths_ >= most_early_deaths) {
    early_deaths_ = 0;
    core_.fail_queued("process_pool_executor: no worker process can be started: " + text);
  } else {
    no_start_before_ = clock::now() + start_pause;
  }
}

void pool_manager::on_channel(worker_link& worker, bool writable) {
  if (writable && !worker.flush()) return kill(worker, end_reason::closed_channel);
  if (worker.channel_open) watch_output(worker);
  switch (worker.reader().fill(worker.channel(), MSG_DONTWAIT)) {
    case io_result::done:
      return take_frames(worker);
    case io_result::would_block:
      return;
    case io_result::closed:
      // Its end, or it has closed its own descriptor; then it is of no use any more.
      worker.channel_open = false;
      unwatch(worker.channel());
      if (worker.state != worker_state::leaving && worker.state != worker_state::dying) kill(worker, end_reason::closed_channel);
      return;
  }
}

void pool_manager::take_frames(worker_link& worker) {
  try {
    while (worker.reason != end_reason::protocol) {
      const auto message = worker.reader().next();
      if (!message) return;
      take_frame(worker, *message);
    }
  } catch (const transfer_error& violation) {
    kill(worker, end_reason::protocol, violation.what());
  }
}

void pool_manager::take_frame(worker_link& worker, const frame& message) {
  switch (message.header.kind) {
    case frame_kind::ready:
      if (worker.state == worker_state::starting && message.payload.empty()) return on_ready(worker);
      break;
    case frame_kind::init_failed:
      if (worker.state == worker_state::starting) {
        decoder in(message.payload);
        const auto cause = decode_exception(in);
        report_lost_error(error_source::initializer, cause);
        return break_pool("process_pool_executor: the initializer failed in worker process " + std::to_string(worker.pid()) + ": " +
                          describe(cause));
      }
      break;
    case frame_kind::result:
    case frame_kind::failure:
      if (worker.task != nullptr && message.header.task == worker.task->number && worker.all_sent()) return on_outcome(worker, message);
      break;
    default:
      break;
  }
  if (worker.state == worker_state::dying || worker.state == worker_state::leaving) return;  // too late to matter
  kill(worker, end_reason::protocol, "a message that nobody had asked for");
}

void pool_manager::on_ready(worker_link& worker) {
  early_deaths_ = 0;
  set_state(worker, worker_state::idle);
  hand_out_next(worker);
}

void pool_manager::on_outcome(worker_link& worker, const frame& message) {
  fault_point("manager.outcome");
  remote_task& item = *std::exchange(worker.task, nullptr);
  ++worker.tasks_done;
  // The worker gets its next task before anything is told to anybody: it need not wait for callbacks.
  if (worker.state == worker_state::busy) {
    worker.due = clock::time_point::max();
    const std::size_t most = core_.options().max_tasks_per_child;
    if (most != 0 && worker.tasks_done >= most) {
      dismiss(worker);
    } else {
      set_state(worker, worker_state::idle);
      hand_out_next(worker);
    }
  }
  item.payload = encoder();
  decoder in(message.payload);
  if (message.header.kind == frame_kind::result) {
    item.complete(item, in);
  } else {
    std::exception_ptr error;
    try {
      error = decode_exception(in);
      in.expect_end();
    } catch (...) {
      error = undecodable_result();
    }
    item.block->fail(std::move(error));
  }
  item.block->drop_keeper();
}

void pool_manager::hand_out_next(worker_link& worker) {
  if (dismissing_) return;
  if (remote_task* const item = core_.claim_next()) hand_out(worker, *item);
}

void pool_manager::hand_out(worker_link& worker, remote_task& item) {
  fault_point("manager.task");
  worker.task = &item;
  worker.due = after(item.time_limit);
  set_state(worker, worker_state::busy);
  if (worker.send_task(item)) return watch_output(worker);
  // It died while it was idle: the task has not started.
  worker.task = nullptr;
  core_.put_back(item);
  kill(worker, end_reason::closed_channel);
}

void pool_manager::dismiss(worker_link& worker) {
  worker.due = clock::now() + leave_grace;
  // What has not answered yet is ended as soon as it does.
  if (worker.state == worker_state::requested) return;
  set_state(worker, worker_state::leaving);
  if (!worker.send_leave()) return kill(worker, end_reason::none);
  watch_output(worker);
}

void pool_manager::kill(worker_link& worker, end_reason reason, const std::string& detail) {
  if (worker.reason == end_reason::none) {
    worker.reason = reason;
    worker.detail = detail;
  }
  worker.signal(SIGKILL);
  worker.due = clock::now() + leave_grace;
  // One that was asked for and not named yet is killed when it is.
  if (worker.state != worker_state::requested && worker.state != worker_state::dying) {
    if (worker.state == worker_state::starting && reason == end_reason::closed_channel) return;  // bury() asks for the state
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
  if (worker.state != worker_state::dying && worker.state != worker_state::leaving) set_state(worker, worker_state::dying);
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
      const std::string text = name_of(item) + " ran longer than its time limit of " + std::to_string(limit) + " ms; " + story_of(how);
      return fail_and_drop(item, std::make_exception_ptr(time_limit_exceeded(text, how)));
    }
    case end_reason::terminated:
      return fail_and_drop(item, std::make_exception_ptr(terminated_worker(story + ": the pool's workers were ended", how)));
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
