// The points at which the scheduler may switch threads: what the substitutes for std::atomic, std::thread and the
// futex call. Outside a scheduled run each of them does nothing.
#pragma once

#include <cstdint>
#include <source_location>
#include <type_traits>

namespace weft::schedule {

enum class action : std::uint8_t {
  load,
  store,
  exchange,
  compare,
  fetch,
  park,
  unpark,
  start,
  join,
  pause,  // from here on there is no object
  end,
  time_out,         ///< happens to a sleeper
  wake_for_nothing  ///< happens to a sleeper
};

/// What a thread is about to do; kept for the report of a failure.
struct operation {
  action what{};
  const void* object = nullptr;  ///< its address is a name; it is never dereferenced
  std::uint64_t operand = 0;
  bool on_pointers = false;  ///< operand and result are addresses
  std::source_location where = std::source_location::current();
};

/// Before every operation: lets the scheduler run other threads first.
void step(const operation& next) noexcept;

/// After it: what it saw, and whether it did what it wanted.
void note(std::uint64_t seen, bool done = true) noexcept;

/// The atomic at this address begins or ends its life; an operation on one that has ended fails the run.
void born(const void* object) noexcept;
void died(const void* object) noexcept;

/// Whether a weak compare-and-exchange is to fail for no reason now.
bool fails_weakly() noexcept;

/// Ends the run as failed unless `holds`; `text` says what should have been true. For the bodies of tests.
void check(bool holds, const char* text, std::source_location where = std::source_location::current()) noexcept;

/// A value as the report shows it.
template <class T>
std::uint64_t as_number(T value) noexcept {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<std::uintptr_t>(value);
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    return static_cast<std::uint64_t>(value);
  } else {
    return 0;
  }
}

}  // namespace weft::schedule
