// The descriptors 0, 1 and 2 as every program expects them: open.
#pragma once

namespace weft::cli {

/// Gives each of the three that is closed a file on which reading, or writing, fails. Without it the next file
/// or socket opened would become standard input or output, and results would be written into it.
/// To be called first in main.
void secure_standard_streams() noexcept;

}  // namespace weft::cli
