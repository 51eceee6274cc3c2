// Addresses of pages: checked, in one spelling, and resolved against a page's own, by libcurl's URL parser.
// Source: RFC 3986; libcurl, curl_url(3).
#pragma once

#include <memory>
#include <optional>
#include <string>

using CURLU = struct Curl_URL;

namespace weft::scrape {

/// An http or https address. **Thread safety**: a value.
struct address {
  std::string text;    ///< the whole without fragment: scheme and host in lower case, no dot segments
  std::string origin;  ///< "http://host:port": what has one robots.txt and one limit
  std::string target;  ///< path and query

  /// Nothing if `text` is no http(s) address with a host.
  static std::optional<address> parse(const std::string& text);
};

/// Resolves the links of one page. **Thread safety**: one thread at a time.
class link_resolver {
 public:
  /// `base` is an absolute address; if it is not, nothing but absolute links resolves.
  explicit link_resolver(const std::string& base);
  link_resolver(const link_resolver&) = delete;
  link_resolver& operator=(const link_resolver&) = delete;
  ~link_resolver();

  /// The absolute address that `href` means, without fragment; nothing if it is none of http or https.
  [[nodiscard]] std::optional<std::string> resolve(std::string href) const;

 private:
  CURLU* base_;  // null when the base is no address
};

}  // namespace weft::scrape
