// The peak memory of this process and the processes below it, taken together.
#pragma once

namespace weft::compare {

/// Bytes: the peak resident set of this process, and for each living descendant what it does not share with others
/// now plus what it has given back since its own peak. (Pages that a forked worker shares with us count once.)
/// **Errors**: none; what the kernel does not tell counts 0. **Cost**: a walk over /proc.
double peak_memory_of_tree();

}  // namespace weft::compare
