// What one request asks for and what came of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weft::scrape {

/// Why no whole answer came. Policies decide by this, never by text.
enum class fetch_failure : std::uint8_t {
  none,
  malformed,  ///< the address, or a redirect, is none that is fetched
  resolve,    ///< the host's name has no address
  connect,    ///< refused or unreachable
  tls,        ///< the certificate or the handshake is not good
  reset,      ///< the connection ended before an answer
  truncated,  ///< the connection ended within the body
  timeout,
  too_large,
  redirects,  ///< more redirects than permitted
  encoding,   ///< the body's compression is broken
  other,
};

struct fetch_request {
  std::uint64_t id = 0;  ///< comes back with the result
  std::string url;
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);  ///< for the whole, redirects included
  std::uint64_t max_body = std::uint64_t{32} << 20;             ///< after decompression
  bool cut_body = false;                                        ///< a longer body is cut there, not an error
  unsigned max_redirects = 10;
};

struct fetch_result {
  std::uint64_t id = 0;
  fetch_failure failure = fetch_failure::none;
  std::string error;  ///< one line for people; empty if there was no failure
  int status = 0;
  std::string final_url;
  std::string content_type;
  std::string body;
  std::chrono::nanoseconds elapsed{};
  std::optional<std::chrono::nanoseconds> retry_after;
};

}  // namespace weft::scrape
