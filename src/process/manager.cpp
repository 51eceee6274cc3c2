#include "process/manager.hpp"

#include "process/fault_point.hpp"

#include <weft/future/error_hook.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sys/epoll.h>
#include <utility>

namespace weft::detail {
namespace {

using namespace std::chrono_literals;

/// How long a worker may take to leave when asked politely.
constexpr auto terminate_grace = 2s;
constexpr auto answer_grace = 5s;

constexpr unsigned source_bits = 2;

}  // namespace

void fail_and_drop(remote_task& item, std::exception_ptr error) noexcept {
  item.payload = encoder();
  item.block->fail(std::move(error));
  item.block->drop_keeper();
}

pool_manager::pool_manager(process_pool_core& core) : core_(core), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!poll_) throw_errno("epoll_create1");
  watch(core_.wake_descriptor(), 0, source::wake, EPOLLIN);
}

void pool_manager::run() noexcept {
  become_worker(&core_);
  try {
    loop();
  } catch (...) {
    fail_everything("process_pool_executor: the manager thread failed: " + describe(std::current_exception()));
  }
  core_.set_live_workers(0);
}

void pool_manager::loop() {
  while (true) {
    dispatch();
    if (workers_.empty() && core_.current_orders().shut_down && core_.queued() == 0) return;
    const bool wants_work = !broken_ && (!idle_.empty() || live() < core_.max_workers());
    if (!core_.rest(wants_work, count(worker_state::requested) + count(worker_state::starting))) continue;
    wait_and_handle();
    handle_timers();
  }
}

void pool_manager::wait_and_handle() {
  std::array<::epoll_event, 64> events{};
  const int ready = ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), epoll_timeout());
  if (ready < 0 && errno != EINTR) throw_errno("epoll_wait");
  fault_point("manager.event");
  for (int i = 0; i < ready; ++i) {
    const ::epoll_event& event = events[static_cast<std::size_t>(i)];
    handle(event.data.u64 >> source_bits, static_cast<source>(event.data.u64 & ((1U << source_bits) - 1)),
           (event.events & EPOLLOUT) != 0);
  }
}

void pool_manager::handle(std::uint64_t generation, source what, bool writable) {
  if (what == source::wake) {
    core_.drain_wake();
    return;
  }
  // An earlier event of the same round may have buried it.
  const auto at = workers_.find(generation);
  if (at == workers_.end()) return;
  worker_link& worker = *at->second;
  if (what == source::report) on_report(worker);
  if (what == source::channel) on_channel(worker, writable);
  if (what == source::process) on_process_end(worker);
}

void pool_manager::dispatch() {
  const auto orders = core_.current_orders();
  obey(orders);
  if (broken_ || signalled_) return;
  while (!idle_.empty()) {
    remote_task* const item = core_.claim_next();
    if (item == nullptr) break;
    hand_out(*idle_.back(), *item);
  }
  const std::size_t queued = core_.queued();
  start_workers(queued);
  if (orders.shut_down && queued == 0 && count(worker_state::busy) == 0) dismiss_all();
  core_.set_live_workers(live());
}

void pool_manager::obey(const process_pool_core::orders& orders) {
  if (orders.signal == 0 || signalled_) return;
  signalled_ = true;
  dismissing_ = true;
  core_.fail_queued("process_pool_executor: the workers were ended before this task had started");
  for (const auto& [generation, worker] : workers_) {
    if (worker->state == worker_state::dying) continue;
    if (worker->reason == end_reason::none) worker->reason = end_reason::terminated;
    if (orders.signal == SIGKILL) {
      kill(*worker, end_reason::terminated);
    } else {
      worker->signal(orders.signal);
      worker->due = clock::now() + terminate_grace;
      set_state(*worker, worker_state::leaving);
    }
  }
  core_.set_live_workers(live());
}

void pool_manager::start_workers(std::size_t queued) {
  if (clock::now() < no_start_before_) return;
  while (live() < core_.max_workers() && count(worker_state::requested) + count(worker_state::starting) < queued) {
    if (!idle_.empty()) return;
    const std::size_t before = live();
    start_worker();
    if (live() == before) return;
  }
}

void pool_manager::dismiss_all() {
  dismissing_ = true;
  for (const auto& [generation, worker] : workers_) {
    if (worker->state <= worker_state::busy) dismiss(*worker);
  }
}

std::size_t pool_manager::live() const {
  return count(worker_state::requested) + count(worker_state::starting) + count(worker_state::idle) + count(worker_state::busy);
}

int pool_manager::epoll_timeout() const {
  auto first = clock::time_point::max();
  for (const auto& [generation, worker] : workers_) first = std::min(first, worker->due);
  if (no_start_before_ > clock::now()) first = std::min(first, no_start_before_);
  if (first == clock::time_point::max()) return -1;
  // Rounded up: never early.
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, 60'000));
}

void pool_manager::handle_timers() {
  const auto now = clock::now();
  std::vector<std::uint64_t> due;
  for (const auto& [generation, worker] : workers_) {
    if (worker->due <= now) due.push_back(generation);
  }
  for (const std::uint64_t generation : due) {
    if (const auto at = workers_.find(generation); at != workers_.end()) on_due(*at->second);
  }
}

void pool_manager::set_state(worker_link& worker, worker_state to) {
  if (worker.state == worker_state::idle) std::erase(idle_, &worker);
  --counts_[static_cast<std::size_t>(worker.state)];
  worker.state = to;
  ++counts_[static_cast<std::size_t>(to)];
  if (to == worker_state::idle) idle_.push_back(&worker);
}

void pool_manager::watch(int fd, std::uint64_t generation, source what, unsigned events) {
  ::epoll_event event{};
  event.events = events;
  event.data.u64 = generation << source_bits | static_cast<std::uint64_t>(what);
  if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) throw_errno("epoll_ctl");
}

void pool_manager::watch_output(worker_link& worker) {
  const bool wanted = !worker.all_sent();
  if (wanted == worker.watches_output || !worker.channel_open) return;
  ::epoll_event event{};
  event.events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = worker.generation() << source_bits | static_cast<std::uint64_t>(source::channel);
  if (::epoll_ctl(poll_.get(), EPOLL_CTL_MOD, worker.channel(), &event) != 0) throw_errno("epoll_ctl");
  worker.watches_output = wanted;
}

void pool_manager::unwatch(int fd) noexcept {
  // Closing is not enough: a forked child may hold a copy.
  if (fd >= 0) ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void pool_manager::break_pool(const std::string& text) {
  broken_ = true;
  dismissing_ = true;
  core_.mark_broken(text);
  core_.fail_queued(text);
  for (const auto& [generation, worker] : workers_) {
    if (remote_task* const item = std::exchange(worker->task, nullptr)) {
      fail_and_drop(*item, std::make_exception_ptr(broken_process_pool(text)));
    }
    if (worker->state != worker_state::dying) kill(*worker, end_reason::pool_broken);
  }
}

// What is left to do for a manager that cannot go on: nobody waits for ever.
void pool_manager::fail_everything(const std::string& text) noexcept {
  core_.mark_broken(text);
  core_.fail_queued(text);
  for (const auto& [generation, worker] : workers_) {
    worker->signal(SIGKILL);
    if (remote_task* const item = std::exchange(worker->task, nullptr)) {
      fail_and_drop(*item, std::make_exception_ptr(broken_process_pool(text)));
    }
  }
  workers_.clear();
}

}  // namespace weft::detail
