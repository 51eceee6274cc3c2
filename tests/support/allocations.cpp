#include "support/allocations.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t counted = 0;

}  // namespace

namespace weft::test {

std::size_t allocations() noexcept { return counted; }

}  // namespace weft::test

void* operator new(std::size_t bytes) {
  ++counted;
  if (void* const memory = std::malloc(bytes)) return memory;  // NOLINT
  throw std::bad_alloc();
}
// AddressSanitizer brings one of its own that does not call the first.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  ++counted;
  return std::malloc(bytes);  // NOLINT
}
void operator delete(void* memory) noexcept { std::free(memory); }               // NOLINT
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }  // NOLINT
