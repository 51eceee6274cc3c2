// WEFT_ASSERT: an invariant of weft itself. Always on: a scheduler bug ends the program by name and never
// looks like a task's failure. Misuse by callers is a typed exception instead (weft/base/error.hpp).
#pragma once

#include <weft/base/export.hpp>

namespace weft::detail {

[[noreturn]] WEFT_EXPORT void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace weft::detail

#define WEFT_ASSERT(expression)                         \
  (static_cast<bool>(expression) ? static_cast<void>(0) \
                                 : ::weft::detail::assertion_failed(#expression, __FILE__, __LINE__))
