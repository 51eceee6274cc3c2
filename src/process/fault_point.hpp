// Named places in the protocol at which a test can make things go wrong.
#pragma once

#include <weft/base/export.hpp>

namespace weft::detail {

using fault_hook = void (*)(const char* place);

/// For tests: called at every fault point of this process from then on; may throw or kill. Null: nothing.
WEFT_EXPORT void set_fault_hook(fault_hook hook) noexcept;

/// Calls the hook, if there is one.
void fault_point(const char* place);

}  // namespace weft::detail
