#include "site/target.hpp"

#include <charconv>
#include <optional>
#include <string>

namespace weft::apps::site {
namespace {

std::optional<std::string_view> find(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) == name)
      return equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t whole_number(std::string_view text, std::string_view what, std::uint64_t most) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, value);
  if (text.empty() || problem != std::errc() || rest != end || value > most) {
    throw bad_request(std::string(what) + " must be a whole number from 0 to " + std::to_string(most));
  }
  return value;
}

target::target(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos && !text.starts_with('/')) {
    const std::size_t path = text.find_first_of("/?#", scheme + 3);
    text = path == std::string_view::npos ? "/" : text.substr(path);
  }
  text = text.substr(0, text.find('#'));
  const std::size_t question = text.find('?');
  path_ = text.substr(0, question);
  if (question != std::string_view::npos) query_ = text.substr(question + 1);
  if (!path_.starts_with('/')) throw bad_request("the request target must begin with /");
}

std::uint64_t target::number(std::string_view name, std::uint64_t fallback, std::uint64_t most) const {
  const auto text = find(query_, name);
  return text ? whole_number(*text, name, most) : fallback;
}

bool target::has(std::string_view name) const { return find(query_, name).has_value(); }

}  // namespace weft::apps::site
