// The thread that weft itself starts: std::thread.
// Under the tests of interleavings it is one that their scheduler runs; see atom.hpp beside this file.
#pragma once

#if defined(WEFT_SCHEDULED)
#include WEFT_SCHEDULED
#else

#include <thread>

namespace weft::detail {

using os_thread = std::thread;

}  // namespace weft::detail

#endif
