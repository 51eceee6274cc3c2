#include "site/answer.hpp"

#include <fmt/format.h>
#include <array>
#include <ctime>
#include <utility>

namespace weft::apps::site {
namespace {

std::string_view reason_of(int status) {
  static constexpr std::array<std::pair<int, std::string_view>, 19> reasons{{{200, "OK"},
                                                                             {301, "Moved Permanently"},
                                                                             {302, "Found"},
                                                                             {303, "See Other"},
                                                                             {307, "Temporary Redirect"},
                                                                             {308, "Permanent Redirect"},
                                                                             {400, "Bad Request"},
                                                                             {401, "Unauthorized"},
                                                                             {403, "Forbidden"},
                                                                             {404, "Not Found"},
                                                                             {405, "Method Not Allowed"},
                                                                             {410, "Gone"},
                                                                             {413, "Content Too Large"},
                                                                             {429, "Too Many Requests"},
                                                                             {431, "Request Header Fields Too Large"},
                                                                             {500, "Internal Server Error"},
                                                                             {502, "Bad Gateway"},
                                                                             {503, "Service Unavailable"},
                                                                             {504, "Gateway Timeout"}}};
  for (const auto& [number, text] : reasons) {
    if (number == status) return text;
  }
  return status < 500 ? "Client Error" : "Server Error";
}

// strftime's names of days and months follow the locale; the protocol's do not.
constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string http_date(std::chrono::system_clock::time_point when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                     months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                     utc.tm_sec);
}

std::string head_of(const head_fields& fields, bool keep_alive) {
  return fmt::format(
      "HTTP/1.1 {} {}\r\nDate: {}\r\nServer: weft-site\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: "
      "{}\r\n{}\r\n",
      fields.status, reason_of(fields.status), http_date(std::chrono::system_clock::now()), fields.type, fields.length,
      keep_alive ? "keep-alive" : "close", fields.more);
}

}  // namespace weft::apps::site
