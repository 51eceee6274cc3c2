// Memory for small objects that are born on one thread and die on another, as tasks do: freed blocks go back to those
// who allocate, a handful at a time, without a lock and without the arenas of malloc.
// Our own, because malloc pays a lock for every block that is freed on another thread than its maker's, and
// std::pmr's pools take a lock for each such block as well: docs/decisions/0003-block-cache.md.
//
// Protocol: src/base/README.md.
// Source: Bonwick and Adams, "Magazines and Vmem", USENIX 2001.
#pragma once

#include <weft/base/export.hpp>

#include <cstddef>
#include <new>

namespace weft::detail {

/// Blocks of more bytes come straight from operator new.
inline constexpr std::size_t largest_cached_block = 192;

/// Memory aligned as by operator new. **Thread safety**: any thread. **Errors**: std::bad_alloc.
[[nodiscard]] WEFT_EXPORT void* allocate_block(std::size_t bytes);
/// Gives back what allocate_block(bytes) returned, from any thread, also while thread-locals are destroyed.
WEFT_EXPORT void free_block(void* block, std::size_t bytes) noexcept;

/// Gives its derived classes this memory.
struct cached_block {
  static void* operator new(std::size_t bytes) { return allocate_block(bytes); }
  static void operator delete(void* block, std::size_t bytes) noexcept { free_block(block, bytes); }
  static void* operator new(std::size_t bytes, std::align_val_t alignment) { return ::operator new(bytes, alignment); }
  static void operator delete(void* block, std::size_t bytes, std::align_val_t alignment) noexcept {
    ::operator delete(block, bytes, alignment);
  }
};

}  // namespace weft::detail
