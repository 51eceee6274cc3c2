// Which numbers fit into memory, found before any work begins.
#pragma once

#include "factorial/batch.hpp"

#include <cstdint>
#include <optional>

namespace weft::factorial {

/// The first number of the batch whose factorial needs more than `available` bytes and that would be reached within
/// `horizon` seconds of estimated work. What lies beyond stands in no one's way: 0..1000000000 may begin.
std::optional<std::uint64_t> first_too_large(const batch& numbers, double available, double horizon = 1e7);

}  // namespace weft::factorial
