// Many HTTP requests at once on one thread: libcurl's multi interface driven by our own epoll.
//
// Protocol: 1. start() hands a request to libcurl, which says through callbacks which sockets to watch for what and
// when to be called at the latest. 2. wait() sleeps in epoll until a socket, that time, the caller's time or wake(),
// tells libcurl, and collects what has ended. 3. Handles are kept and used again; connections are kept by libcurl.
// Source: libcurl, curl_multi_socket_action(3).
#pragma once

#include <weft/base/deadline.hpp>

#include "scrape/fetch.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace weft::scrape {

struct fetcher_options {
  std::string user_agent = "weft/0.1";
  /// Connections that are kept open for later requests.
  unsigned kept_connections = 256;
};

/// Proxies are taken from the environment (http_proxy, https_proxy, no_proxy) as curl does; never for loopback
/// addresses.
/// **Thread safety**: one thread at a time, except wake(), which any thread may call.
class fetcher {
 public:
  /// **Errors**: std::system_error when the system refuses what is needed.
  explicit fetcher(fetcher_options options);
  fetcher(const fetcher&) = delete;
  fetcher& operator=(const fetcher&) = delete;
  /// Drops what is under way.
  ~fetcher();

  /// Begins a request; its result comes out of a later wait(). Does not block.
  void start(fetch_request request);

  /// Moves all requests on and returns those that have ended, in the order in which they did.
  /// **Blocks** until something happened (not necessarily an end), `until`, or a wake().
  [[nodiscard]] std::vector<fetch_result> wait(const deadline& until);

  /// Makes the present or the next wait() return at once.
  void wake() noexcept;

  [[nodiscard]] std::size_t running() const noexcept;

 private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

}  // namespace weft::scrape
