#include "schedule/strategy.hpp"

#include <algorithm>
#include <utility>

namespace weft::schedule {
namespace {

// As many pauses as the longest bounded spin of the library and some: a sprint carries a spinner past the end of it.
constexpr unsigned sprint_pauses = 300;

}  // namespace

std::uint64_t generator::next() noexcept {
  state_ += 0x9e3779b97f4a7c15;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

strategy::strategy(std::uint64_t seed, std::uint64_t choices) noexcept
    : random_(seed),
      by_priority_(random_.once_in(2)),
      switches_once_in_(std::size_t{1} << random_.below(4)),
      disturbances_left_(random_.once_in(2) ? 0 : 1 + random_.below(2)),
      weak_failures_left_(random_.below(4)) {
  const std::size_t count = 1 + random_.below(most_changes);
  for (std::size_t i = 0; i < count; ++i) changes_[i] = 1 + random_.below(choices);
}

void strategy::admit(standing& fresh) noexcept {
  fresh.priority = static_cast<std::int64_t>(1 + random_.below(std::size_t{1} << 40));
}

void strategy::pauses(standing& self) noexcept {
  if (self.sprint != 0) {
    --self.sprint;
  } else if (random_.once_in(8)) {
    self.sprint = sprint_pauses;
  } else {
    self.yields = true;
    self.priority = --lowest_;
  }
}

std::size_t strategy::choose(std::span<standing* const> ready, standing& running) noexcept {
  const auto current = static_cast<std::size_t>(std::ranges::find(ready, &running) - ready.begin());
  const bool can_go_on = current != ready.size();
  const bool yields = can_go_on && std::exchange(running.yields, false);
  if (ready.size() == 1 || (can_go_on && running.sprint != 0)) return can_go_on ? current : 0;
  if (std::ranges::find(changes_, ++choices_) != changes_.end()) running.priority = --lowest_;
  if (by_priority_) {
    const auto highest = std::ranges::max_element(ready, {}, [](const standing* each) { return each->priority; });
    return static_cast<std::size_t>(highest - ready.begin());
  }
  if (yields) {
    const std::size_t other = random_.below(ready.size() - 1);
    return other < current ? other : other + 1;
  }
  if (can_go_on && !random_.once_in(switches_once_in_)) return current;
  return random_.below(ready.size());
}

bool strategy::disturbs() noexcept {
  if (disturbances_left_ == 0 || !random_.once_in(16)) return false;
  --disturbances_left_;
  return true;
}

bool strategy::fails_weakly() noexcept {
  if (weak_failures_left_ == 0 || !random_.once_in(8)) return false;
  --weak_failures_left_;
  return true;
}

}  // namespace weft::schedule
