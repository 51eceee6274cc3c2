#include <weft/base/deadline.hpp>
#include <weft/base/error.hpp>

namespace weft {

void deadline::throw_not_a_number() {
  throw invalid_argument("a timeout is not a number; give a duration of zero or more");
}

deadline::clock::time_point deadline::from_now(clock::duration wait) noexcept {
  const auto now = clock::now();
  return wait >= clock::time_point::max() - now ? clock::time_point::max() : now + wait;
}

std::chrono::nanoseconds deadline::remaining() const noexcept {
  if (is_never()) return std::chrono::nanoseconds::max();
  if (at_ <= polls()) return std::chrono::nanoseconds::zero();
  const auto now = clock::now();
  return now >= at_ ? std::chrono::nanoseconds::zero() : std::chrono::nanoseconds(at_ - now);
}

::timespec deadline::to_timespec() const noexcept {
  if (at_ <= clock::time_point()) return {};
  const auto since_boot = std::chrono::duration_cast<std::chrono::nanoseconds>(at_.time_since_epoch()).count();
  return {.tv_sec = static_cast<std::time_t>(since_boot / 1'000'000'000),
          .tv_nsec = static_cast<long>(since_boot % 1'000'000'000)};
}

}  // namespace weft
