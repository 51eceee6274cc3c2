#include "message.hpp"

#include <fmt/format.h>

namespace weft::cli {
namespace {

constexpr std::size_t longest = 1000;

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    byte < 0x20 || byte == 0x7f ? static_cast<void>(result += fmt::format("\\x{:02x}", byte))
                                : static_cast<void>(result += c);
  }
  return result;
}

}  // namespace

std::string one_line(std::string_view text) {
  if (text.size() <= longest) return escaped(text);
  return escaped(text.substr(0, longest / 2)) + "..." + escaped(text.substr(text.size() - longest / 2));
}

}  // namespace weft::cli
