// The site's content: which host has which page, what the pages say, and how they are linked. A function of the
// options alone: the same seed gives the same site.
//
// The graph: every host's `/` links to page 0 and to the host's own first page; page n links to its children
// n * links + 1 ... n * links + links, so that page 0 reaches every page, and to two pages picked by the seed.
//
// Thread safety: constant after construction.
#pragma once

#include "site/options.hpp"

#include <string>
#include <vector>

namespace weft::apps::site {

class pages {
 public:
  pages(const options& chosen, std::vector<std::string> addresses, std::uint16_t port);

  std::uint64_t count() const noexcept { return count_; }
  std::size_t host_of(std::uint64_t page) const noexcept { return static_cast<std::size_t>(page % addresses_.size()); }
  std::string url(std::size_t host, std::string_view path) const;
  std::string url(std::uint64_t page) const;

  std::string index_html(std::size_t host) const;
  std::string page_html(std::uint64_t page) const;
  std::string robots_txt(std::size_t host) const;
  /// What /robots.txt of the host answers.
  int robots_status(std::size_t host) const;

 private:
  const std::uint64_t count_;
  const std::uint64_t links_;
  const std::uint64_t seed_;
  const std::vector<robots_rules> robots_;
  const std::vector<std::string> addresses_;
  const std::uint16_t port_;
};

/// A well mixed number of 64 bits. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// 2014 (SplitMix64's finaliser).
std::uint64_t mixed(std::uint64_t value) noexcept;

}  // namespace weft::apps::site
