// The computing itself: exact factorials as decimal text, by GMP. Plain functions of numbers, so that any
// executor, also one of processes, can run them.
// Source: GMP 6 manual, "Factorial Algorithm" (odd part by prime swing, P. Luschny).
#pragma once

#include <cstdint>
#include <string>

namespace weft::factorial {

/// n! in decimal. **Thread safety**: many threads at once.
std::string factorial_text(std::uint64_t n);

/// The factorials of first, first + step, ... (`count` of them), each followed by a line feed. Every product is
/// made from the one before it where that is the shorter way. **Thread safety**: many threads at once.
std::string factorial_lines(std::uint64_t first, std::uint64_t step, std::uint64_t count);

}  // namespace weft::factorial
