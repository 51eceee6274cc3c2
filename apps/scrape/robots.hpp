// What a host's robots.txt says to one crawler.
// Source: RFC 9309, "Robots Exclusion Protocol", 2022.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weft::scrape {

/// The rules of one robots.txt for one crawler. **Thread safety**: a value.
class robots_rules {
 public:
  /// A longer file is read up to here (RFC 9309, 2.5).
  static constexpr std::size_t max_size = std::size_t{500} * 1024;

  /// No rules: everything is allowed (the file does not exist: 2.3.1.3).
  robots_rules() = default;
  /// Everything is forbidden (the file could not be had: 2.3.1.4).
  static robots_rules deny_all();
  /// The groups that name `product`, merged; those of `*` if none does (2.2.1). Bytes of any kind are accepted: a line
  /// that is none of ours is skipped. `product` is compared without case.
  static robots_rules parse(std::string_view text, std::string_view product);

  /// Whether `target`, the path with its query, may be asked for: the longest matching rule decides, by octets; of
  /// equally long ones, allow (2.2.2). /robots.txt itself always may. **Cost**: linear in rules and target.
  [[nodiscard]] bool allowed(std::string_view target) const;

  /// Crawl-delay, which no standard describes but many files have; the largest if there are several.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> crawl_delay() const { return crawl_delay_; }

 private:
  friend class robots_parser;

  struct rule {
    std::string pattern;  // normalised; `*` is any octets
    bool anchored;        // ended in `$`
    bool allow;
    std::size_t length;  // what counts for "longest"
  };
  static bool matches(const rule& one, std::string_view target);

  std::vector<rule> rules_;
  std::optional<std::chrono::nanoseconds> crawl_delay_;
};

/// The product token of a User-Agent header: "weft" of "weft/0.1 (+https://example.org)".
std::string product_token(std::string_view user_agent);

}  // namespace weft::scrape
