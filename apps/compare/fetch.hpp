// A page the old way: one blocking call. What a worker of a pool runs, on a thread or in a process.
#pragma once

#include <cstdint>
#include <string>

namespace weft::compare {

/// Fetches a page and returns the number of bytes of its body. **Blocks** until it is there, at most a minute.
/// **Thread safety**: many threads at once. **Errors**: std::runtime_error naming the URL and what happened.
std::uint64_t fetch_page(const std::string& url);

}  // namespace weft::compare
