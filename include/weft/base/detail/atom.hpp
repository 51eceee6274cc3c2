// The atomic that weft's own protocols are written in: std::atomic.
// The tests of interleavings compile the same sources with WEFT_SCHEDULED naming a header of theirs, in which atom is
// a class with the same interface that lets a scheduler switch threads before every operation
// (tests/schedule/README.md). Nothing else defines it.
#pragma once

#if defined(WEFT_SCHEDULED)
#include WEFT_SCHEDULED
#else

#include <atomic>

namespace weft::detail {

template <class T>
using atom = std::atomic<T>;

}  // namespace weft::detail

#endif
