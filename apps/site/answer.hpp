// An answer as bytes on the wire, and what happens to the connection around it: enough to tell truths and to
// misbehave on demand.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace weft::apps::site {

enum class ending {
  keep_alive,  ///< the next request may come
  close,       ///< say goodbye properly after the bytes are out
  drop,        ///< close without a word (after the bytes, if there are any)
  reset,       ///< the same with a TCP reset
  hang,        ///< stay silent until the client goes
};

struct answer {
  std::chrono::nanoseconds delay{0};      ///< from the arrival of the request to the first byte
  std::string bytes;                      ///< head and body, or the part of it that is ready
  std::uint64_t filler = 0;               ///< so many 'x' follow ...
  std::uint64_t piece = 64 * 1024;        ///< ... at most so many at once ...
  std::chrono::milliseconds interval{0};  ///< ... with this pause before each
  ending then = ending::keep_alive;
};

struct head_fields {
  int status = 200;
  std::string_view type = "text/plain; charset=utf-8";
  std::uint64_t length = 0;
  std::string more = {};  ///< further header lines, each ended by CR LF
};

/// The head of an HTTP/1.1 answer up to its empty line. **Source**: RFC 9112 sections 2 to 6.
std::string head_of(const head_fields& fields, bool keep_alive);

/// The time as header fields say it (IMF-fixdate, RFC 9110 section 5.6.7).
std::string http_date(std::chrono::system_clock::time_point when);

}  // namespace weft::apps::site
