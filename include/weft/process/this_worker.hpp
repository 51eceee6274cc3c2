// What code can ask about the process it runs in.
#pragma once

#include <weft/base/export.hpp>

namespace weft {

/// True in a worker process of a pool, false in the application.
/// **Thread safety**: any thread. **Python**: multiprocessing.parent_process() is not None.
WEFT_EXPORT bool in_worker_process() noexcept;

}  // namespace weft
