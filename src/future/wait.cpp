// Waiting for many tasks: wait() and as_completed() on the links of weft/future/detail/task.hpp, step 4.
//
// Both count ends in one futex word. The addition to it is the last access that an ended task makes to the
// waiter's memory (afterwards only the address is used), so a waiter may leave as soon as it has taken back what
// links it could and has counted the others.
#include <weft/base/detail/atom.hpp>
#include <weft/base/error.hpp>
#include <weft/future/as_completed.hpp>
#include <weft/future/wait.hpp>

#include "future/wait_graph.hpp"

#include <algorithm>
#include <numeric>

namespace weft::detail {
namespace {

class end_counter {
 public:
  explicit end_counter(std::size_t wanted) : wanted_(static_cast<std::uint32_t>(wanted)) {
    if (wanted > count_mask) throw invalid_argument("too many futures in one wait");
  }

  /// `decides`: whoever waits need wait no longer.
  void fired(bool decides) noexcept {
    const std::uint32_t wanted = wanted_;
    const futex_word* const key = &word_;
    std::uint32_t before = word_.load();
    while (!word_.compare_exchange_weak(before, (before + 1) | (decides ? decided : 0))) {
    }
    const bool enough = decides || (before & count_mask) + 1 == wanted;
    if (enough && (before & asleep) != 0) unpark_all(key);
  }

  std::uint32_t count() const noexcept { return word_.load() & count_mask; }
  bool satisfied() const noexcept { return satisfied(word_.load()); }

  void wait(const deadline& until) noexcept {
    std::uint32_t seen = word_.load();
    while (!satisfied(seen)) {
      if ((seen & asleep) == 0 && !word_.compare_exchange_weak(seen, seen | asleep)) continue;
      if (park(word_, seen | asleep, until) == park_result::timed_out) return;
      seen = word_.load();
    }
  }

  /// Waits out ends that are being told right now: a few instructions each.
  void wait_until_count_is(std::size_t expected) const noexcept {
    for (unsigned round = 0; count() != expected; ++round) spin_pause(round);
  }

 private:
  static constexpr std::uint32_t count_mask = (1U << 30) - 1;
  static constexpr std::uint32_t asleep = 1U << 30;
  static constexpr std::uint32_t decided = 1U << 31;

  bool satisfied(std::uint32_t word) const noexcept { return (word & decided) != 0 || (word & count_mask) >= wanted_; }

  const std::uint32_t wanted_;
  // Written by every ended task and (the asleep bit) by the waiter.
  futex_word word_{0};
};

struct counting_link : link {
  end_counter* counter = nullptr;
  wait_until condition = wait_until::all_done;
  bool added = false;

  bool decides(const task& ended) const noexcept {
    return condition == wait_until::first_done ||
           (condition == wait_until::first_failure && ended.state() == task_state::failed);
  }
  static void fire(link& entry, task& ended) noexcept {
    auto& self = static_cast<counting_link&>(entry);
    self.counter->fired(self.decides(ended));
  }
};

bool is_satisfied(task* const* tasks, std::size_t count, wait_until condition) noexcept {
  std::size_t done = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!tasks[i]->done()) {
      if (condition == wait_until::all_done) return false;
      continue;
    }
    ++done;
    if (condition == wait_until::first_done) return true;
    if (condition == wait_until::first_failure && tasks[i]->state() == task_state::failed) return true;
  }
  return done == count;
}

// In a worker: runs pending tasks of its own executor until the condition holds. True if it does.
bool help_first(task* const* tasks, std::size_t count, wait_until condition, const deadline& until) {
  if (this_worker().executor == nullptr) return is_satisfied(tasks, count, condition);
  for (std::size_t i = 0; i < count; ++i) {
    if (condition == wait_until::all_done) refuse_own(*tasks[i]);
    if (tasks[i]->help() && (condition != wait_until::all_done || until.expired())) {
      if (is_satisfied(tasks, count, condition) || until.expired()) return is_satisfied(tasks, count, condition);
    }
  }
  return is_satisfied(tasks, count, condition);
}

// Takes the links out of what has not ended and waits out the ends that are being told: nothing refers to them then.
void take_back(std::vector<counting_link>& links, task* const* tasks, const end_counter& counter) noexcept {
  std::size_t taken_back = 0;
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (links[i].added && tasks[i]->remove_link(links[i])) ++taken_back;
  }
  counter.wait_until_count_is(links.size() - taken_back);
}

}  // namespace

std::vector<std::size_t> first_appearances(task* const* tasks, std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {},
                    [tasks](std::size_t i) { return std::pair(reinterpret_cast<std::uintptr_t>(tasks[i]), i); });
  const auto repeats = std::ranges::unique(order, {}, [tasks](std::size_t i) { return tasks[i]; });
  order.erase(repeats.begin(), repeats.end());
  std::ranges::sort(order);
  return order;
}

void wait_many(task* const* tasks, std::size_t count, wait_until condition, const deadline& until) {
  if (count == 0 || help_first(tasks, count, condition, until) || until.expired()) return;
  end_counter counter(count);
  std::vector<counting_link> links(count);
  for (std::size_t i = 0; i < count; ++i) {
    counting_link& entry = links[i];
    entry.counter = &counter;
    entry.condition = condition;
    entry.is_waiter = true;
    static_cast<link&>(entry).fire = &counting_link::fire;
    entry.added = tasks[i]->add_link(entry);
    if (!entry.added) counter.fired(entry.decides(*tasks[i]));
  }
  try {
    if (condition == wait_until::all_done && until.is_never() && this_worker().innermost != nullptr &&
        !counter.satisfied()) {
      const blocked_wait noted(tasks, count);  // throws if the wait could never end
      counter.wait(until);
    } else {
      counter.wait(until);
    }
  } catch (...) {
    take_back(links, tasks, counter);
    throw;
  }
  take_back(links, tasks, counter);
}

struct completion_order::state {
  struct entry : link {
    state* owner = nullptr;
    task* awaited = nullptr;
    entry* next_ready = nullptr;
    bool added = false;
    bool told = false;
  };

  // Owned by the consumer.
  std::vector<entry> entries;
  std::size_t first_done = 0;           // positions below it that were done at the start have been told
  std::vector<std::size_t> done_early;  // done when the iteration began, in input order
  entry* ready = nullptr;               // taken from `ended`, oldest first
  std::size_t told = 0;
  std::size_t helped = 0;   // positions below it need no help
  std::uint32_t taken = 0;  // ends taken from `ended`

  // Pushed by ended tasks, emptied by the consumer; the push pairs with the exchange.
  atom<entry*> ended{nullptr};
  // Ends pushed (low 31 bits) and whether the consumer sleeps. Written by ended tasks after their push.
  futex_word pushed{0};
  static constexpr std::uint32_t asleep = 1U << 31;

  static void fire(link& ended_link, task&) noexcept {
    auto& self = static_cast<entry&>(ended_link);
    state& owner = *self.owner;
    self.next_ready = owner.ended.load();
    while (!owner.ended.compare_exchange_weak(self.next_ready, &self)) {
    }
    const futex_word* const key = &owner.pushed;
    if ((owner.pushed.fetch_add(1) & asleep) != 0) unpark_all(key);
  }

  bool take_ended() noexcept {
    entry* newest = ended.exchange(nullptr);
    while (newest != nullptr) {
      entry* const older = newest->next_ready;
      newest->next_ready = ready;
      ready = newest;
      newest = older;
      ++taken;
    }
    return ready != nullptr;
  }

  bool help() {
    if (this_worker().executor == nullptr) return false;
    for (; helped < entries.size(); ++helped) {
      if (!entries[helped].told && entries[helped].awaited->help()) return true;
    }
    return false;
  }

  // False at the deadline.
  bool sleep(const deadline& until) noexcept {
    std::uint32_t seen = pushed.load();
    bool in_time = true;
    while (in_time && (seen & ~asleep) == taken && ended.load() == nullptr) {
      if ((seen & asleep) == 0 && !pushed.compare_exchange_weak(seen, seen | asleep)) continue;
      in_time = park(pushed, seen | asleep, until) != park_result::timed_out;
      seen = pushed.load();
    }
    pushed.fetch_and(~asleep);
    return in_time || ended.load() != nullptr;  // not the counts: an end may be taken before it is counted
  }
};

completion_order::completion_order(task* const* tasks, std::size_t count) : state_(std::make_unique<state>()) {
  state_->entries = std::vector<state::entry>(count);
  state_->done_early.reserve(count);  // from the first link on nothing may throw
  for (std::size_t i = 0; i < count; ++i) {
    auto& entry = state_->entries[i];
    entry.owner = state_.get();
    entry.awaited = tasks[i];
    entry.is_waiter = true;
    entry.fire = &state::fire;
    entry.added = tasks[i]->add_link(entry);
    if (!entry.added) state_->done_early.push_back(i);
  }
}

completion_order::~completion_order() {
  std::uint32_t expected = 0;
  for (auto& entry : state_->entries) {
    if (entry.added && (entry.told || !entry.awaited->remove_link(entry))) ++expected;
  }
  for (unsigned round = 0; (state_->pushed.load() & ~state::asleep) != expected; ++round) spin_pause(round);
}

std::size_t completion_order::left() const noexcept { return state_->entries.size() - state_->told; }

std::size_t completion_order::next(const deadline& until) {
  state& s = *state_;
  if (s.first_done < s.done_early.size()) {
    const std::size_t at = s.done_early[s.first_done++];
    s.entries[at].told = true;
    ++s.told;
    return at;
  }
  while (s.ready == nullptr && !s.take_ended()) {
    if (s.help()) continue;
    if (!s.sleep(until)) {
      throw timeout_error(std::to_string(left()) + " (of " + std::to_string(s.entries.size()) + ") futures unfinished");
    }
  }
  state::entry& entry = *s.ready;
  s.ready = entry.next_ready;
  entry.told = true;
  ++s.told;
  return static_cast<std::size_t>(&entry - s.entries.data());
}

}  // namespace weft::detail
