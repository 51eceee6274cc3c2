// Where errors go that no caller can receive: those of callbacks, of posted tasks, of initializers, and of
// failed futures that nobody ever looked at.
#pragma once

#include <weft/base/export.hpp>
#include <weft/base/unique_function.hpp>

#include <exception>
#include <string_view>

namespace weft {

enum class error_source {
  callback,        ///< a done callback threw
  posted_task,     ///< a task given to post() threw
  initializer,     ///< a worker's initializer or finalizer threw
  unread_failure,  ///< a failed future was destroyed and nobody had read its error
};

struct lost_error {
  error_source source;
  std::exception_ptr error;
  /// The name of the task; empty if it has none, or where there is no task. Valid while the hook runs.
  std::string_view task{};
};

using error_hook = unique_function<void(const lost_error&)>;

/// Replaces the hook of the process and returns the former one; an empty hook restores the default, which prints
/// one line on standard error. The hook runs on the thread that met the error, one call at a time; what it
/// throws is dropped. **Thread safety**: any thread. **Python**: threading.excepthook, sys.unraisablehook.
WEFT_EXPORT error_hook set_error_hook(error_hook hook);

/// Hands an error to the hook. Never throws.
WEFT_EXPORT void report_lost_error(error_source source, std::exception_ptr error, std::string_view task = {}) noexcept;

/// "callback", "posted task", "initializer" or "unread failure".
WEFT_EXPORT std::string_view to_string(error_source source) noexcept;

/// "TYPE: what()" of a stored exception, the type demangled; works for types that are no std::exception.
WEFT_EXPORT std::string describe(const std::exception_ptr& error);

}  // namespace weft
