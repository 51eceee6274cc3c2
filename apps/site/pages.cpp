#include "site/pages.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>
#include <utility>

namespace weft::apps::site {
namespace {

constexpr std::array<std::string_view, 24> words{"warp",   "weft",    "shuttle", "loom",   "thread",  "heddle",
                                                 "reed",   "treadle", "selvage", "bobbin", "spindle", "yarn",
                                                 "twill",  "damask",  "linen",   "cloth",  "pattern", "beam",
                                                 "batten", "pick",    "shed",    "draft",  "sley",    "tabby"};

void add_link(std::string& html, std::string_view url, std::string_view text) {
  fmt::format_to(std::back_inserter(html), "<li><a href=\"{}\">{}</a></li>\n", url, text);
}

// Some hundred bytes to a few thousand, by the seed.
void add_text(std::string& html, std::uint64_t random) {
  const std::uint64_t paragraphs = 1 + random % 5;
  for (std::uint64_t paragraph = 0; paragraph < paragraphs; ++paragraph) {
    html += "<p>";
    for (int word = 0; word < 60; ++word) {
      random = mixed(random);
      html += words[random % words.size()];
      html += ' ';
    }
    html.back() = '.';
    html += "</p>\n";
  }
}

std::string opening(std::string_view title) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta "
      "charset=\"utf-8\"><title>{0}</title></head>\n<body>\n<h1>{0}</h1>\n",
      title);
}

}  // namespace

std::uint64_t mixed(std::uint64_t value) noexcept {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

pages::pages(const options& chosen, std::vector<std::string> addresses, std::uint16_t port)
    : count_(chosen.pages),
      links_(chosen.links),
      seed_(chosen.seed),
      robots_(chosen.robots),
      addresses_(std::move(addresses)),
      port_(port) {}

std::string pages::url(std::size_t host, std::string_view path) const {
  return fmt::format("http://{}:{}{}", addresses_.at(host), port_, path);
}

std::string pages::url(std::uint64_t page) const { return url(host_of(page), fmt::format("/page/{}", page)); }

std::string pages::index_html(std::size_t host) const {
  std::string html = opening(fmt::format("Host {} of {}", host, addresses_.size()));
  html += "<ul>\n";
  add_link(html, url(0), "the first page");
  if (host != 0 && host < count_) add_link(html, fmt::format("/page/{}", host), "this host's first page");
  html += "</ul>\n</body>\n</html>\n";
  return html;
}

std::string pages::page_html(std::uint64_t page) const {
  const std::uint64_t random = mixed(seed_ ^ mixed(page));
  std::string html = opening(fmt::format("Page {} of {}", page, count_));
  add_text(html, random);
  html += "<ul>\n";
  add_link(html, "/", "home");
  for (std::uint64_t child = 1; child <= links_; ++child) {
    const std::uint64_t target = page * links_ + child;
    if (target < count_) add_link(html, url(target), fmt::format("page {}", target));
  }
  for (const std::uint64_t target : {mixed(random) % count_, mixed(random + 1) % count_}) {
    add_link(html, url(target), fmt::format("see page {}", target));
  }
  html += "</ul>\n</body>\n</html>\n";
  return html;
}

std::string pages::robots_txt(std::size_t host) const {
  std::string text = "User-agent: *\n";
  if (robots_.empty()) return text + "Disallow:\n";
  const robots_rules& rules = robots_[host % robots_.size()];
  if (rules.disallow.empty()) text += "Disallow:\n";
  for (const std::string& prefix : rules.disallow) text += "Disallow: " + prefix + "\n";
  const auto wait = std::chrono::duration<double>(rules.crawl_delay).count();
  if (wait > 0) text += fmt::format("Crawl-delay: {}\n", wait);
  return text;
}

int pages::robots_status(std::size_t host) const {
  return robots_.empty() ? 200 : robots_[host % robots_.size()].status;
}

}  // namespace weft::apps::site
