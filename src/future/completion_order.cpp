#include <weft/future/detail/completion_order.hpp>

#include <deque>

namespace weft::detail {

struct completion_order::state {
  struct entry : link {
    state* owner = nullptr;
    task* awaited = nullptr;
    std::size_t position = 0;
    entry* next_ready = nullptr;  // or the next free one
    // In the list of those that nobody has tried to help.
    entry* newer = nullptr;
    entry* older = nullptr;
  };

  // Owned by the consumer.
  std::deque<entry> entries;  // links do not move
  entry* free = nullptr;      // told
  entry* ready = nullptr;     // ended, oldest first
  entry* last_ready = nullptr;
  entry* oldest_untried = nullptr;
  entry* newest_untried = nullptr;
  std::size_t left = 0;
  std::uint32_t taken = 0;  // ends taken from `ended`, as `pushed` counts them

  // Pushed by ended tasks, emptied by the consumer; the push pairs with the exchange.
  atom<entry*> ended{nullptr};
  // Ends pushed, times two, and whether the consumer sleeps. Written by ended tasks after their push.
  futex_word pushed{0};
  static constexpr std::uint32_t asleep = 1;
  static constexpr std::uint32_t one_end = 2;

  static void fire(link& ended_link, task&) noexcept {
    auto& self = static_cast<entry&>(ended_link);
    state& owner = *self.owner;
    self.next_ready = owner.ended.load();
    while (!owner.ended.compare_exchange_weak(self.next_ready, &self)) {
    }
    const futex_word* const key = &owner.pushed;
    if ((owner.pushed.fetch_add(one_end) & asleep) != 0) unpark_all(key);
  }

  void append_ready(entry* first, entry* last) noexcept {
    (ready != nullptr ? last_ready->next_ready : ready) = first;
    last_ready = last;
  }

  bool take_ended() noexcept {
    entry* newest = ended.exchange(nullptr);
    if (newest == nullptr) return false;
    entry* const last = newest;
    entry* first = nullptr;
    while (newest != nullptr) {
      entry* const older = newest->next_ready;
      newest->next_ready = first;
      first = newest;
      newest = older;
      taken += one_end;
    }
    append_ready(first, last);
    return true;
  }

  void add_untried(entry& fresh) noexcept {
    fresh.newer = nullptr;
    fresh.older = newest_untried;
    (newest_untried != nullptr ? newest_untried->newer : oldest_untried) = &fresh;
    newest_untried = &fresh;
  }
  void remove_untried(entry& one) noexcept {
    if (&one != oldest_untried && one.older == nullptr) return;  // not in the list
    (one.older != nullptr ? one.older->newer : oldest_untried) = one.newer;
    (one.newer != nullptr ? one.newer->older : newest_untried) = one.older;
    one.newer = one.older = nullptr;
  }

  bool help() {
    if (this_worker().executor == nullptr) return false;
    while (oldest_untried != nullptr) {
      entry& oldest = *oldest_untried;
      remove_untried(oldest);
      if (oldest.awaited->help()) return true;
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

completion_order::completion_order() : state_(std::make_unique<state>()) {}

completion_order::~completion_order() {
  state& s = *state_;
  std::uint32_t expected = s.taken;
  // What is ready or free has been taken, or was never linked.
  for (state::entry* each = s.ready; each != nullptr; each = each->next_ready) each->awaited = nullptr;
  for (state::entry* each = s.free; each != nullptr; each = each->next_ready) each->awaited = nullptr;
  for (auto& each : s.entries) {
    if (each.awaited != nullptr && !each.awaited->remove_link(each)) expected += state::one_end;
  }
  for (unsigned round = 0; (s.pushed.load() & ~state::asleep) != expected; ++round) spin_pause(round);
}

std::size_t completion_order::add(task& awaited) {
  state& s = *state_;
  if (s.free == nullptr) {
    state::entry& fresh = s.entries.emplace_back();
    fresh.owner = &s;
    fresh.position = s.entries.size() - 1;
    fresh.is_waiter = true;
    fresh.fire = &state::fire;
    s.free = &fresh;
  }
  state::entry& chosen = *s.free;
  s.free = chosen.next_ready;
  chosen.awaited = &awaited;
  chosen.next_ready = nullptr;
  ++s.left;
  if (awaited.add_link(chosen)) {
    s.add_untried(chosen);
  } else {
    s.append_ready(&chosen, &chosen);
  }
  return chosen.position;
}

std::optional<std::size_t> completion_order::next(const deadline& until) {
  state& s = *state_;
  while (s.ready == nullptr && !s.take_ended()) {
    if (s.help()) continue;
    run_deferred_callbacks();
    if (!s.sleep(until)) return std::nullopt;
  }
  state::entry& first = *s.ready;
  s.ready = first.next_ready;
  s.remove_untried(first);
  first.next_ready = s.free;
  s.free = &first;
  --s.left;
  return first.position;
}

std::size_t completion_order::left() const noexcept { return state_->left; }

std::size_t completion_order::positions() const noexcept { return state_->entries.size(); }

}  // namespace weft::detail
