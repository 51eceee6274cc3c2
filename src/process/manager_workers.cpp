// What happens to one worker, from its request to its last outcome.
#include "process/fault_point.hpp"
#include "process/fork_server.hpp"
#include "process/manager.hpp"

#include <weft/future/error_hook.hpp>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <csignal>
#include <utility>

namespace weft::detail {
namespace {

using namespace std::chrono_literals;

/// How long to hold back after a start that failed while other workers live.
constexpr auto start_pause = 100ms;
/// So many workers in a row that die before they are ready are no accident.
constexpr unsigned most_early_deaths = 3;

std::chrono::steady_clock::time_point after(std::chrono::nanoseconds limit) { return deadline(limit).time(); }

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
      if (worker.state != worker_state::leaving && worker.state != worker_state::dying)
        kill(worker, end_reason::closed_channel);
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
        return break_pool("process_pool_executor: the initializer failed in worker process " +
                          std::to_string(worker.pid()) + ": " + describe(cause));
      }
      break;
    case frame_kind::result:
    case frame_kind::failure:
      if (worker.task != nullptr && message.header.task == worker.task->number && worker.all_sent())
        return on_outcome(worker, message);
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

}  // namespace weft::detail
