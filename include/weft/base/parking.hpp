// Sleeping and waking on futex words: the one place where weft blocks a thread.
// Our own, because std::timed_mutex is reported as racy under ThreadSanitizer and the condition variable of
// glibc 2.36 can lose a wake-up (glibc bug 25847).
//
// Protocol: a sleeper loads the word, decides to sleep, and calls park() with the value it saw; the kernel
// refuses to sleep if the word has changed since. A waker changes the word first and calls unpark() after.
// After the word has changed a waker touches no memory of the object: unpark() uses the word's address only
// as a key, so the object may be gone by then (a stray wake-up of an unrelated sleeper at a reused address
// is harmless, because every sleeper loops).
// Source: Drepper, "Futexes Are Tricky", 2011; futex(2).
#pragma once

#include <weft/base/deadline.hpp>
#include <weft/base/detail/atom.hpp>
#include <weft/base/export.hpp>

#include <cstdint>

namespace weft::detail {

using futex_word = atom<std::uint32_t>;

enum class futex_scope : std::uint8_t {
  process_private,  ///< the word is used by threads of this process only
  shared,           ///< the word lies in memory that several processes map
};

enum class park_result : std::uint8_t {
  woken,      ///< woken, interrupted or the word differed: look again
  timed_out,  ///< the deadline passed
};

/// Sleeps while `word` holds `expected`. **Blocks** until woken or the deadline. Spurious returns happen.
/// **Visibility**: none by itself; the caller's load of the word orders memory.
WEFT_EXPORT park_result park(const futex_word& word, std::uint32_t expected, const deadline& until = {},
                             futex_scope scope = futex_scope::process_private) noexcept;

/// Wakes up to `count` sleepers; returns how many were asleep. Never blocks.
WEFT_EXPORT int unpark(const futex_word* word, int count, futex_scope scope = futex_scope::process_private) noexcept;
WEFT_EXPORT int unpark_all(const futex_word* word, futex_scope scope = futex_scope::process_private) noexcept;

/// One step of a bounded busy wait: a pause, sometimes a yield. `round` counts up from 0. False if another thread has
/// run on this processor meanwhile: then there are more threads to run than processors, or they share one badly.
WEFT_EXPORT bool spin_pause(unsigned round) noexcept;

}  // namespace weft::detail
