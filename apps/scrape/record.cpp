#include "scrape/record.hpp"

#include "common/json_text.hpp"

#include <fmt/format.h>
#include <iterator>

namespace weft::scrape {
namespace {

void append_text(std::string& out, std::string_view key, const std::string& text) {
  out += key;
  text.empty() ? static_cast<void>(out += "null") : apps::append_json_string(out, text);
}

}  // namespace

std::string to_jsonl(const page_record& record) {
  std::string out = "{\"url\":";
  apps::append_json_string(out, record.url);
  append_text(out, ",\"final_url\":", record.final_url);
  out += record.status > 0 ? fmt::format(",\"status\":{}", record.status) : ",\"status\":null";
  fmt::format_to(std::back_inserter(out), ",\"bytes\":{}", record.bytes);
  append_text(out, ",\"content_type\":", record.content_type);
  fmt::format_to(std::back_inserter(out), ",\"elapsed_ms\":{:.3f},\"attempts\":{}",
                 std::chrono::duration<double, std::milli>(record.elapsed).count(), record.attempts);
  append_text(out, ",\"title\":", record.title);
  out += ",\"links\":[";
  for (const auto& link : record.links) {
    if (&link != &record.links.front()) out += ',';
    apps::append_json_string(out, link);
  }
  append_text(out, "],\"error\":", record.error);
  out += "}\n";
  return out;
}

}  // namespace weft::scrape
