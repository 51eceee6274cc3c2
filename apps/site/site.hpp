// An embedded web server that serves a linked demo site on many loopback addresses, with a chosen latency a page and
// faults on demand. README.md beside this file lists the paths.
#pragma once

#include "site/options.hpp"
#include "site/statistics.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft::apps::site {

/// Serves from construction to stop(), on one thread of its own, which takes no signals.
/// **Thread safety**: every const member from any thread, also after stop(); stop() from one thread.
/// Immovable.
class server {
 public:
  /// Listens on every host's address; when it returns, clients can connect.
  /// **Errors**: std::invalid_argument naming an option and what would be right; std::system_error naming the
  /// address that cannot be listened on.
  explicit server(const options& chosen);
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server();

  /// Closes every connection, however busy, and joins the thread. Does nothing the second time.
  void stop();

  std::uint16_t port() const noexcept;
  /// Where the hosts listen, as "127.0.1.1".
  const std::vector<std::string>& addresses() const noexcept;
  /// The home page of each host; a crawler reaches every page from any of them.
  std::vector<std::string> roots() const;
  /// Every page, in order.
  std::vector<std::string> urls() const;
  std::string url(std::size_t host, std::string_view path) const;
  /// What the page's body is when no fault strikes.
  std::string page_html(std::uint64_t page) const;

  /// What the host has seen so far. **Errors**: std::out_of_range.
  statistics of_host(std::size_t host) const;
  /// The same over all hosts; peaks are of the whole site, and arrivals stay empty.
  statistics of_site() const;

 private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

}  // namespace weft::apps::site
