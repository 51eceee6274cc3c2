#include <weft/sync/event.hpp>

namespace weft {

void event::set() noexcept {
  const detail::futex_word* const key = &word_;
  std::uint32_t seen = word_.load();
  do {
    if ((seen & set_bit) != 0) return;
  } while (!word_.compare_exchange_weak(seen, ((seen & ~sleepers_bit) + one_generation) | set_bit));
  // A woken thread may already have destroyed the event: only its address is used.
  if ((seen & sleepers_bit) != 0) detail::unpark_all(key);
}

void event::clear() noexcept { word_.fetch_and(~set_bit); }

bool event::wait(const deadline& until) noexcept {
  std::uint32_t seen = word_.load();
  const std::uint32_t came = seen / one_generation;
  const auto happened = [came](std::uint32_t word) { return (word & set_bit) != 0 || word / one_generation != came; };
  while (!happened(seen)) {
    if ((seen & sleepers_bit) == 0 && !word_.compare_exchange_weak(seen, seen | sleepers_bit)) continue;
    const auto result = detail::park(word_, seen | sleepers_bit, until);
    seen = word_.load();
    if (result == detail::park_result::timed_out) return happened(seen);
  }
  return true;
}

}  // namespace weft
