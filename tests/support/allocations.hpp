// Counts what a thread allocates, so that a test can show that something does not.
#pragma once

#include <cstddef>

namespace weft::test {

/// Calls of operator new by the calling thread so far.
std::size_t allocations() noexcept;

}  // namespace weft::test
