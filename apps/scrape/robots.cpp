#include "scrape/robots.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace weft::scrape {
namespace {

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_unreserved(unsigned char c) {
  return is_letter(static_cast<char>(c)) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\v\f");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\v\f") - first + 1);
}

/// The leading letters, `_` and `-`: what a product token may consist of (2.2.1).
std::string_view leading_token(std::string_view text) {
  const auto end = std::ranges::find_if_not(text, [](char c) { return is_letter(c) || c == '_' || c == '-'; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

void append_encoded(std::string& out, unsigned char c) {
  static constexpr char digits[] = "0123456789ABCDEF";
  out += {'%', digits[c >> 4], digits[c & 15]};
}

enum class text_kind : std::uint8_t { pattern, target };

/// One spelling for octets that mean the same (2.2.2): what need not be encoded is not, what is no ASCII is, and so are
/// the special `*` and `$` where they stand for themselves.
std::string normalised(std::string_view text, text_kind kind) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      const auto octet = static_cast<unsigned char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      is_unreserved(octet) ? static_cast<void>(out += static_cast<char>(octet)) : append_encoded(out, octet);
      i += 2;
    } else if (c <= 0x20 || c >= 0x7f || c == '$' || (c == '*' && kind == text_kind::target)) {
      append_encoded(out, c);
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

}  // namespace

/// Reads line by line, keeping what concerns the product and what concerns everybody apart until the end.
class robots_parser {
 public:
  explicit robots_parser(std::string_view product) : product_(product) {}

  void line(std::string_view text) {
    text = trimmed(text.substr(0, text.find('#')));
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return;
    const auto key = trimmed(text.substr(0, colon));
    const auto value = trimmed(text.substr(colon + 1));
    if (same_word(key, "user-agent")) {
      user_agent(value);
    } else if (same_word(key, "allow") || same_word(key, "disallow")) {
      in_names_ = false;
      if (!value.empty()) add(same_word(key, "allow"), value);
    } else if (same_word(key, "crawl-delay")) {
      delay(value);
    }
  }

  robots_rules result() && { return named_ ? std::move(own_) : std::move(everybody_); }

 private:
  void user_agent(std::string_view value) {
    if (!in_names_) for_own_ = for_everybody_ = false;  // a new group begins
    in_names_ = true;
    if (value.starts_with('*') && (value.size() == 1 || trimmed(value.substr(1, 1)).empty())) {
      for_everybody_ = true;
    } else if (same_word(leading_token(value), product_) && !product_.empty()) {
      for_own_ = named_ = true;
    }
  }

  void add(bool allow, std::string_view value) {
    const bool anchored = value.ends_with('$');
    const auto pattern = normalised(anchored ? value.substr(0, value.size() - 1) : value, text_kind::pattern);
    const robots_rules::rule added{pattern, anchored, allow, pattern.size() + (anchored ? 1U : 0U)};
    if (for_own_) own_.rules_.push_back(added);
    if (for_everybody_) everybody_.rules_.push_back(added);
  }

  void delay(std::string_view value) {
    double seconds = 0;
    const auto [rest, problem] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    // A century saturates: nobody waits that long, and nanoseconds hold no more.
    if (problem != std::errc() || rest != value.data() + value.size() || !(seconds >= 0)) return;
    const std::chrono::nanoseconds wait(std::llround(std::min(seconds, 3.15e9) * 1e9));
    if (for_own_) own_.crawl_delay_ = std::max(own_.crawl_delay_.value_or(wait), wait);
    if (for_everybody_) everybody_.crawl_delay_ = std::max(everybody_.crawl_delay_.value_or(wait), wait);
  }

  const std::string_view product_;
  bool in_names_ = false;  // the last line of a group's that was read is a user-agent line
  bool for_own_ = false;
  bool for_everybody_ = false;
  bool named_ = false;
  robots_rules own_;
  robots_rules everybody_;
};

robots_rules robots_rules::deny_all() {
  robots_rules rules;
  rules.rules_.push_back({"/", false, false, 1});
  return rules;
}

robots_rules robots_rules::parse(std::string_view text, std::string_view product) {
  text = text.substr(0, max_size);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  robots_parser parser(product);
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    parser.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(parser).result();
}

bool robots_rules::allowed(std::string_view target) const {
  if (target == "/robots.txt") return true;
  const auto octets = normalised(target.substr(0, target.find('#')), text_kind::target);
  const rule* best = nullptr;
  for (const auto& one : rules_) {
    const bool better = best == nullptr || one.length > best->length || (one.length == best->length && one.allow);
    if (better && matches(one, octets)) best = &one;
  }
  return best == nullptr || best->allow;
}

// The pieces between the stars, each at the first place where it fits: no backtracking, so linear (memmem is).
bool robots_rules::matches(const rule& one, std::string_view target) {
  std::string_view pattern = one.pattern;
  auto star = pattern.find('*');
  const auto head = pattern.substr(0, star);
  if (!target.starts_with(head)) return false;
  target.remove_prefix(head.size());
  if (star == std::string_view::npos) return !one.anchored || target.empty();
  while (true) {
    pattern.remove_prefix(star + 1);
    star = pattern.find('*');
    const auto piece = pattern.substr(0, star);
    if (star == std::string_view::npos && one.anchored) return target.ends_with(piece);
    if (!piece.empty()) {
      const void* at = ::memmem(target.data(), target.size(), piece.data(), piece.size());
      if (at == nullptr) return false;
      target.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(at) - target.data()) + piece.size());
    }
    if (star == std::string_view::npos) return true;
  }
}

std::string product_token(std::string_view user_agent) { return std::string(leading_token(user_agent)); }

}  // namespace weft::scrape
