// How much memory the program holds, for tests that say that it does not grow.
#pragma once

#include <cstddef>

namespace weft::test {

/// Bytes that were allocated and not freed, by all threads. Exact, whatever allocator a sanitizer has put in place.
std::size_t live_bytes();

/// Bytes of physical memory, after the allocator has given back what it could.
std::size_t resident_bytes();

/// A sanitizer keeps freed memory for a while: resident_bytes() says little then.
constexpr bool keeps_freed_memory() noexcept {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

}  // namespace weft::test
