// The first line of main of a program that uses worker processes.
#pragma once

#include <weft/base/export.hpp>

namespace weft {

/// Starts the fork server, the single-threaded process from which workers are forked, while this program has one thread:
///     int main(int argc, char** argv) {
///       weft::init(argc, argv);
///       ...
/// Workers see the program as it is at this line. If threads exist already, nothing is forked; the first pool re-executes the
/// program as its fork server, and that process never returns from this call. Further calls do nothing.
/// **Thread safety**: call it once, before threads exist. **Cost**: one fork of a small program.
/// **Errors**: std::system_error when the fork server cannot be started.
/// **Python**: the counterpart of `if __name__ == "__main__"` with the forkserver start method.
WEFT_EXPORT void init(int argc, char** argv);

}  // namespace weft
