// The target of a request line, taken apart: path, query, and the whole numbers in either.
// Source: RFC 9112 section 3.2 (origin-form and absolute-form), RFC 3986 section 3.4.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace weft::apps::site {

/// What the client asked for makes no sense; the text says what would. Answered with 400.
class bad_request : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The decimal number that `text` is, at most `most`.
/// **Errors**: bad_request naming `what`.
std::uint64_t whole_number(std::string_view text, std::string_view what, std::uint64_t most);

/// A view: the text must outlive it.
class target {
 public:
  explicit target(std::string_view text);

  std::string_view path() const noexcept { return path_; }
  /// The number that stands for `name` in the query, or `fallback`.
  /// **Errors**: bad_request if it is no whole number or above `most`.
  std::uint64_t number(std::string_view name, std::uint64_t fallback, std::uint64_t most) const;
  bool has(std::string_view name) const;

 private:
  std::string_view path_;
  std::string_view query_;
};

}  // namespace weft::apps::site
