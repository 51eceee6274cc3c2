#include "site/responder.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace weft::apps::site {
namespace {

constexpr std::string_view html_type = "text/html; charset=utf-8";
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30U;
constexpr std::uint64_t most_delay_ms = 3'600'000;
constexpr std::size_t most_remembered_targets = 65'536;

std::chrono::milliseconds milliseconds(std::uint64_t count) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(count));
}

answer say(const request& asked, head_fields fields, std::string_view body) {
  fields.length = body.size();
  answer said{.bytes = head_of(fields, asked.keep_alive),
              .then = asked.keep_alive ? ending::keep_alive : ending::close};
  if (asked.method != "HEAD") said.bytes += body;
  return said;
}

// A body that does not come as promised: `sent` of `promised` bytes.
answer partial(const request& asked, std::uint64_t promised, std::uint64_t sent) {
  answer said{.bytes = head_of({.type = html_type, .length = promised}, asked.keep_alive), .then = ending::close};
  if (asked.method != "HEAD") said.filler = sent;
  return said;
}

}  // namespace

responder::responder(const options& chosen, const pages& content)
    : pages_(content),
      delay_(chosen.delay),
      rates_(chosen.faults),
      faulty_(rates_.server_error + rates_.too_many + rates_.unavailable + rates_.drop + rates_.truncate + rates_.hang >
              0),
      seed_(chosen.seed),
      asked_before_(faulty_ ? static_cast<std::size_t>(chosen.pages) : 0) {}

answer responder::refuse(int status, std::string_view why) {
  return say({.keep_alive = false}, {.status = status}, fmt::format("{}\n", why));
}

answer responder::respond(const request& asked) {
  if (asked.method != "GET" && asked.method != "HEAD") {
    return say(asked, {.status = 405, .more = "Allow: GET, HEAD\r\n"}, "only GET and HEAD are served\n");
  }
  try {
    const target where(asked.target);
    return route(asked, where);
  } catch (const bad_request& problem) {
    return say(asked, {.status = 400}, fmt::format("{}\n", problem.what()));
  }
}

answer responder::route(const request& asked, const target& where) {
  const std::string_view path = where.path();
  const auto after = [path](std::string_view prefix) { return path.substr(prefix.size()); };
  if (path == "/") {
    answer said = say(asked, {.type = html_type}, pages_.index_html(asked.host));
    said.delay = delay_;
    return said;
  }
  if (path == "/robots.txt") {
    const int status = pages_.robots_status(asked.host);
    return say(asked, {.status = status}, status == 200 ? pages_.robots_txt(asked.host) : "no rules\n");
  }
  if (path.starts_with("/page/")) return page(asked, whole_number(after("/page/"), "the page", UINT64_MAX));
  if (path.starts_with("/size/")) return sized(asked, where, whole_number(after("/size/"), "the size", most_bytes));
  if (path.starts_with("/delay/")) {
    const auto wait = milliseconds(whole_number(after("/delay/"), "the delay in milliseconds", most_delay_ms));
    answer said = say(asked, {}, fmt::format("{} ms later\n", wait.count()));
    said.delay = wait;
    return said;
  }
  if (path.starts_with("/fault/")) {
    answer said = fault(asked, where, after("/fault/"));
    said.delay = milliseconds(where.number("delay", 0, most_delay_ms));
    return said;
  }
  return say(asked, {.status = 404}, "there is no such page\n");
}

answer responder::page(const request& asked, std::uint64_t number) {
  if (number >= pages_.count() || pages_.host_of(number) != asked.host) {
    const bool elsewhere = number < pages_.count();
    return say(asked, {.status = 404},
               elsewhere ? "this page is at " + pages_.url(number) + "\n" : "there is no such page\n");
  }
  const std::string_view kind = faulty_ ? drawn_fault(number) : "";
  answer said;
  if (kind.empty()) {
    said = say(asked, {.type = html_type}, pages_.page_html(number));
  } else if (kind == "429" || kind == "503") {
    said = say(
        asked,
        {.status = kind == "429" ? 429 : 503, .more = fmt::format("Retry-After: {}\r\n", rates_.retry_after.count())},
        "come back later\n");
  } else if (kind == "truncate") {
    const std::string html = pages_.page_html(number);
    said = {.bytes = head_of({.type = html_type, .length = html.size()}, asked.keep_alive), .then = ending::close};
    if (asked.method != "HEAD") said.bytes.append(html, 0, html.size() / 2);
  } else {
    said = fault(asked, target("/"), kind);
  }
  said.delay = delay_;
  return said;
}

answer responder::fault(const request& asked, const target& where, std::string_view kind) {
  if (kind == "drop") return {.then = ending::drop};
  if (kind == "reset") return {.then = ending::reset};
  if (kind == "hang") return {.then = ending::hang};
  if (kind == "garbage") return {.bytes = "\x01\x02this is not HTTP\r\n\r\n", .then = ending::close};
  if (kind == "truncate") {
    const std::uint64_t promised = where.number("size", 1000, most_bytes);
    const std::uint64_t sent = where.number("sent", promised / 2, most_bytes);
    if (sent >= promised) throw bad_request("sent must be below size");
    return partial(asked, promised, sent);
  }
  if (kind == "drip") {
    const std::uint64_t size = where.number("size", 20, most_bytes);
    answer said = partial(asked, size, size);
    said.piece = 1;
    said.interval = milliseconds(where.number("interval", 100, most_delay_ms));
    if (asked.keep_alive) said.then = ending::keep_alive;
    return said;
  }
  if (kind == "redirect") return redirect(asked, where);
  if (kind == "loop") {
    const std::uint64_t next = 1 - where.number("at", 0, 1);
    return say(asked, {.status = 302, .more = fmt::format("Location: /fault/loop?at={}\r\n", next)},
               "round and round\n");
  }
  const std::uint64_t status = whole_number(kind, "the fault, if it is no known name,", 599);
  if (status < 400) throw bad_request("the fault's status must be from 400 to 599");
  return passing_fault(asked, where, static_cast<int>(status));
}

answer responder::passing_fault(const request& asked, const target& where, int status) {
  const std::uint64_t times = where.number("times", UINT64_MAX, UINT64_MAX);
  if (!fails_again(asked, times)) return say(asked, {}, "at last\n");
  head_fields fields{.status = status};
  if (where.has("retry_after")) {
    const auto wait = std::chrono::seconds(static_cast<std::int64_t>(where.number("retry_after", 0, 86'400)));
    const bool as_date = where.number("date", 0, 1) == 1;
    fields.more = as_date ? fmt::format("Retry-After: {}\r\n", http_date(std::chrono::system_clock::now() + wait))
                          : fmt::format("Retry-After: {}\r\n", wait.count());
  }
  return say(asked, fields, fmt::format("fault {}\n", status));
}

answer responder::redirect(const request& asked, const target& where) {
  const std::uint64_t left = where.number("n", 1, 1000);
  const std::uint64_t code = where.number("code", 302, 308);
  if (code != 301 && code != 302 && code != 303 && code != 307 && code != 308) {
    throw bad_request("code must be 301, 302, 303, 307 or 308");
  }
  if (left == 0) return say(asked, {.type = html_type}, pages_.index_html(asked.host));
  const auto next = left == 1 ? std::string("/") : fmt::format("/fault/redirect?n={}&code={}", left - 1, code);
  return say(asked, {.status = static_cast<int>(code), .more = fmt::format("Location: {}\r\n", next)}, "elsewhere\n");
}

answer responder::sized(const request& asked, const target& where, std::uint64_t size) const {
  answer said = partial(asked, size, size);
  if (asked.keep_alive) said.then = ending::keep_alive;
  said.delay = milliseconds(where.number("delay", 0, most_delay_ms));
  return said;
}

std::string_view responder::drawn_fault(std::uint64_t number) {
  const std::uint64_t nth = ++asked_before_[static_cast<std::size_t>(number)];
  double drawn = static_cast<double>(mixed(mixed(seed_ ^ 0xfau) ^ mixed(number) ^ nth) >> 11U) * 0x1p-53;
  const std::array<std::pair<double, std::string_view>, 6> kinds{{{rates_.server_error, "500"},
                                                                  {rates_.too_many, "429"},
                                                                  {rates_.unavailable, "503"},
                                                                  {rates_.drop, "drop"},
                                                                  {rates_.truncate, "truncate"},
                                                                  {rates_.hang, "hang"}}};
  for (const auto& [rate, kind] : kinds) {
    if (drawn < rate) return kind;
    drawn -= rate;
  }
  return {};
}

bool responder::fails_again(const request& asked, std::uint64_t times) {
  if (times == UINT64_MAX) return true;
  if (failed_.size() >= most_remembered_targets) failed_.clear();
  const auto [entry, fresh] = failed_.try_emplace(fmt::format("{} {}", asked.host, asked.target), 0);
  if (entry->second < times) {
    ++entry->second;
    return true;
  }
  failed_.erase(entry);
  return false;
}

}  // namespace weft::apps::site
