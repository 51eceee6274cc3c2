#include "future/wait_graph.hpp"

#include <weft/base/error.hpp>
#include <weft/sync/mutex.hpp>

#include <algorithm>

namespace weft::detail {
namespace {

struct wait_registry {
  mutex lock;
  blocked_wait* first WEFT_GUARDED_BY(lock) = nullptr;
};

// Never destroyed: static executors may wait during static destruction.
wait_registry& registry() {
  static wait_registry& only = *new wait_registry;
  return only;
}

bool runs(const worker_context& worker, const task* item) noexcept {
  for (const auto* frame = worker.innermost; frame != nullptr; frame = frame->outer) {
    if (frame->running == item) return true;
  }
  return false;
}

}  // namespace

// One question to the graph; the registry's lock is held.
class hopeless_search {
 public:
  explicit hopeless_search(blocked_wait* noted) noexcept : noted_(noted) {}

  /// Whether one of what it waits for can never end.
  bool hopeless(const blocked_wait& wait) {
    if (std::ranges::find(seen_, &wait) != seen_.end()) return true;  // a circle
    seen_.push_back(&wait);
    for (std::size_t i = 0; i < wait.count_; ++i) {
      if (!never_ends(*wait.tasks_[i])) continue;
      const task& waiting = *wait.waiter_.innermost->running;
      path_ = waiting.label() + " waits for " + wait.tasks_[i]->label() + (path_.empty() ? "" : "; " + path_);
      return true;
    }
    return false;
  }
  const std::string& path() const noexcept { return path_; }

 private:
  bool never_ends(const task& item) {
    if (item.done()) return false;
    for (const blocked_wait* each = noted_; each != nullptr; each = each->next_) {
      if (runs(each->waiter_, &item)) return hopeless(*each);
    }
    return item.state() == task_state::pending && item.home() != nullptr && all_workers_hopeless(item.home());
  }

  bool all_workers_hopeless(const void* executor) {
    std::size_t waiting = 0;
    std::size_t workers = 0;
    for (const blocked_wait* each = noted_; each != nullptr; each = each->next_) {
      if (each->waiter_.executor != executor || each->waiter_.operations == nullptr) continue;
      workers = each->waiter_.operations->max_workers(executor);
      if (!hopeless(*each)) return false;
      ++waiting;
    }
    return waiting != 0 && waiting >= workers;
  }

  blocked_wait* noted_;
  std::vector<const blocked_wait*> seen_;
  std::string path_;
};

blocked_wait::blocked_wait(task* const* tasks, std::size_t count)
    : waiter_(this_worker()), tasks_(tasks), count_(count) {
  wait_registry& all = registry();
  const scoped_lock held(all.lock);
  next_ = all.first;
  all.first = this;
  hopeless_search search(this);
  bool refused = false;
  try {
    refused = search.hopeless(*this);
  } catch (...) {
    all.first = next_;
    throw;
  }
  if (refused) {
    all.first = next_;
    throw would_deadlock("a wait that could never end: " + search.path());
  }
}

blocked_wait::~blocked_wait() {
  wait_registry& all = registry();
  const scoped_lock held(all.lock);
  blocked_wait** at = &all.first;
  while (*at != this) at = &(*at)->next_;
  *at = next_;
}

}  // namespace weft::detail
