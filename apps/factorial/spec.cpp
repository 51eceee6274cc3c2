#include "factorial/spec.hpp"

#include <weft/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace weft::factorial {
namespace {

constexpr std::size_t longest_quote = 24;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `whole` is what the person wrote, `text` the part of it that should be a number.
std::uint64_t parse_number(std::string_view text, std::string_view whole) {
  const std::string where = text == whole || text.empty() ? quoted(whole) : quoted(text) + " in " + quoted(whole);
  if (text.empty()) throw invalid_argument(where + " lacks a number; write N, A..B or A..B..STEP, such as 0..20");
  if (text.size() > 1 && text[0] == '-' && std::all_of(text.begin() + 1, text.end(), is_digit)) {
    throw invalid_argument(where + " is negative; the factorial is defined for 0, 1, 2, ...");
  }
  if (!std::all_of(text.begin(), text.end(), is_digit)) {
    throw invalid_argument(where +
                           " is not a whole number; write N, A..B or A..B..STEP in decimal digits, such as 0..20");
  }
  std::uint64_t n = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (problem != std::errc() || n > max_n) {
    throw invalid_argument(fmt::format("{} is too large; the largest n is {}", where, max_n));
  }
  return n;
}

}  // namespace

spec parse_spec(std::string_view text) {
  if (text.empty()) throw invalid_argument("an empty number; write N, A..B or A..B..STEP, such as 0..20");
  constexpr std::string_view dots = "..";
  const std::size_t first_dots = text.find(dots);
  if (first_dots == std::string_view::npos) {
    const std::uint64_t n = parse_number(text, text);
    return {n, n, 1};
  }
  std::string_view upper = text.substr(first_dots + dots.size());
  std::optional<std::string_view> stride;
  if (const std::size_t second_dots = upper.find(dots); second_dots != std::string_view::npos) {
    stride = upper.substr(second_dots + dots.size());
    upper = upper.substr(0, second_dots);
  }
  const std::uint64_t first = parse_number(text.substr(0, first_dots), text);
  const std::uint64_t last = parse_number(upper, text);
  const std::uint64_t step = stride ? parse_number(*stride, text) : 1;
  if (first > last) {
    throw invalid_argument(fmt::format("{} runs backwards; write {}..{}", quoted(text), last, first));
  }
  if (step == 0) throw invalid_argument(quoted(text) + " has a step of 0; a step is 1 or more");
  return {first, last - (last - first) % step, step};
}

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text.substr(0, longest_quote)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      result += c;
    } else {
      result += fmt::format("\\x{:02x}", byte);
    }
  }
  if (text.size() > longest_quote) result += "...";
  return result + "'";
}

}  // namespace weft::factorial
